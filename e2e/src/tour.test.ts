import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { read, root } from './deploy.ts'
import { stackyProgram } from './pipeline.ts'

const operatorProgram = join(root, 'apps/cli/dist/main.js')

const document = read('docs/tour.md')

/** The commands of docs/tour.md with their output. */
const commands = new Map(
  [...document.matchAll(/^```console\n\$ (.*)\n([\s\S]*?)```$/gm)].map(
    ([, command = '', output = '']) => [command, output] as const,
  ),
)
const stackyCommands = [...commands.keys()].filter((command) => /^(\w+=\S+ )*stacky /.test(command))
const operatorCommands = [...commands.keys()].filter((command) => command.startsWith('npm run -s stacktach -- '))

/** Runs the built programs under the names used there; no server is reachable. */
const shell = `
set -o pipefail
stacky() { node "${stackyProgram}" "$@"; }
npm() { shift 4; node "${operatorProgram}" "$@"; }
`

/** How many commands run at a time. */
const CONCURRENCY = 4

const nowhere = 'http://127.0.0.1:1'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stacktach-tour-test-'))
})

afterAll(() => rmSync(folder, { recursive: true }))

/** The exit code and output of a command line. */
function run(command: string): Promise<{ code: number; output: string }> {
  const env = {
    PATH: process.env.PATH,
    STACKTACH_URL: nowhere,
    DATABASE_URL: 'postgres://127.0.0.1:1/stacktach',
    REDIS_URL: 'redis://127.0.0.1:1',
    STACKTACH_DEPLOYMENTS_FILE: join(root, 'deploy/deployments/compose.json'),
  }
  return new Promise((resolve) => {
    execFile('bash', ['--norc', '-c', `${shell}${command}`], { cwd: folder, env }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: stdout + stderr }),
    )
  })
}

test('the tour is short', () => {
  expect(document.split('\n').length).toBeLessThanOrEqual(400)
})

test('the programs accept every command of the tour', async () => {
  const rejected: object[] = []
  const pending = [...stackyCommands, ...operatorCommands].values()
  const runPending = async () => {
    for (const command of pending) {
      const { code, output } = await run(command)
      if (code === 2) rejected.push({ command, code, output })
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, runPending))
  expect(stackyCommands.length).toBeGreaterThan(6)
  expect(operatorCommands.length).toBeGreaterThan(0)
  expect(rejected).toEqual([])
})
