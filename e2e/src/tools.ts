import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const script = fileURLToPath(new URL('../../scripts/tools.mjs', import.meta.url))

/**
 * The paths of programs that a test needs, in this order; missing ones are installed as the servers are.
 *
 * @throws Error if one cannot be installed
 */
export async function tools(...names: readonly string[]): Promise<string[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...names])
  return stdout.trim().split('\n')
}

/** Runs a program to its end and returns its exit code and its output; a failure is a result, not an error. */
export function runTool(
  file: string,
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<{ code: number; output: string }> {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...environment }
  return new Promise((resolve) => {
    execFile(file, args, { env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : error === null ? 0 : -1
      resolve({ code, output: stdout + stderr })
    })
  })
}
