import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type CommandHost, startProcess } from '@stacktach/testing'

const built = (path: string) => fileURLToPath(new URL(`../../apps/${path}/dist/main.js`, import.meta.url))

/** The processes, and commands that represent the other commands. */
export const programs = {
  ingest: [built('worker'), 'ingest'],
  jobs: [built('worker'), 'jobs'],
  api: [built('api')],
  status: [built('cli'), 'status'],
  migrate: [built('cli'), 'migrate'],
  'jobs list': [built('cli'), 'jobs', 'list'],
} as const

export type Program = keyof typeof programs

/** How long a process may take to exit after it logged the reason. */
const EXIT_TIMEOUT_MS = 500

const MESSAGE_TIMEOUT_MS = 60_000

/** The first message of a program about a fault, and its exit code if it exits. */
export interface FirstMessage {
  program: Program
  code: number | 'keeps running'
  line: string
}

/**
 * Starts a process and returns its first message: its whole output if it exits, otherwise its first log line above level
 * info.
 *
 * @throws Error when it neither exits nor logs anything
 */
export async function firstMessage(
  program: Program,
  environment: Record<string, string>,
  commands: CommandHost,
): Promise<FirstMessage> {
  const [file, ...args] = programs[program]
  if (file === programs.status[0]) {
    const { code, output } = await commands.run(file, args, environment)
    return { program, code: code ?? -1, line: errorLine(output) }
  }
  const started = startProcess(file, args, environment)
  // The API warns that the user of the test database may write.
  const logLine = started
    .printed(/^.*"level":[45]0,.*"msg":"((?!transactions are read-only)[^"]*)"/m, MESSAGE_TIMEOUT_MS)
    .then(
      async (match): Promise<FirstMessage | null> => {
        const code = await Promise.race([started.ended, setTimeout(EXIT_TIMEOUT_MS, 'keeps running' as const)])
        return code === 'keeps running' ? { program, code, line: match[1] ?? '' } : null
      },
      () => null,
    )
  const exit = started.ended.then(
    (code): FirstMessage => ({ program, code: code ?? -1, line: errorLine(started.output()) }),
  )
  const message = (await Promise.race([logLine, exit])) ?? (await exit)
  await started.stop('SIGKILL')
  return message
}

/** The output without tables and log lines. */
function errorLine(output: string): string {
  return output
    .split('\n')
    .filter((line) => line !== '' && !/^[┌├│└{]/.test(line))
    .join('\n')
}
