import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startProcess } from '@stacktach/testing'

const built = (path: string) => fileURLToPath(new URL(`../../apps/${path}/dist/main.js`, import.meta.url))

/** What a newcomer starts: the processes, and commands that stand for those of their kind. */
export const programs = {
  ingest: [built('worker'), 'ingest'],
  jobs: [built('worker'), 'jobs'],
  api: [built('api')],
  status: [built('cli'), 'status'],
  migrate: [built('cli'), 'migrate'],
  'jobs list': [built('cli'), 'jobs', 'list'],
} as const

export type Program = keyof typeof programs

/** Milliseconds after which a process that was going to end would have. */
const ENDED_BY_THEN = 500

/** What is said of a fault: by a program that ends, with its exit code, or by one that goes on. */
export interface Said {
  program: Program
  code: number | 'goes on'
  line: string
}

/**
 * Starts a program and takes what it says first: all of its output when it ends, else the first thing above info in its log.
 *
 * @throws Error when it neither ends nor says anything
 */
export async function firstSaid(program: Program, environment: Record<string, string>): Promise<Said> {
  const [file, ...args] = programs[program]
  const started = startProcess(file, args, environment)
  // The user of the test's database may write, which the api warns of.
  const logged = started.printed(/^.*"level":[45]0,.*"msg":"((?!transactions are read-only)[^"]*)"/m, 60_000).then(
    async (match): Promise<Said | null> => {
      // It says so and does not end then.
      const code = await Promise.race([started.ended, setTimeout(ENDED_BY_THEN, 'goes on' as const)])
      return code === 'goes on' ? { program, code, line: match[1] ?? '' } : null
    },
    () => null,
  )
  const ended = started.ended.then((code): Said => ({ program, code: code ?? -1, line: errorLine(started.output()) }))
  const said = (await Promise.race([logged, ended])) ?? (await ended)
  await started.stop('SIGKILL')
  return said
}

/** What is said besides tables and what was logged at info. */
function errorLine(output: string): string {
  return output
    .split('\n')
    .filter((line) => line !== '' && !/^[┌├│└{]/.test(line))
    .join('\n')
}
