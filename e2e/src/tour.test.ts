import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { runToEnd } from '@stacktach/testing'
import { read, root } from './deploy.ts'
import { stackyProgram } from './pipeline.ts'

const operatorProgram = join(root, 'apps/cli/dist/main.js')

/** Commands of docs/tour.md as they were typed, each with its output. */
const typed = new Map(
  [...read('docs/tour.md').matchAll(/^```console\n\$ (.*)\n([\s\S]*?)```$/gm)].map(
    ([, command = '', output = '']) => [command, output] as const,
  ),
)
const asked = [...typed.keys()].filter((command) => /^(\w+=\S+ )*stacky /.test(command))
const operated = [...typed.keys()].filter((command) => command.startsWith('npm run -s stacktach -- '))

/** The programs as they are called there; no server is anywhere. */
const shell = `
set -o pipefail
stacky() { node "${stackyProgram}" "$@"; }
npm() { shift 4; node "${operatorProgram}" "$@"; }
`

/** Commands that run beside each other. */
const ATONCE = 4

const nowhere = 'http://127.0.0.1:1'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stacktach-tour-test-'))
})

afterAll(() => rmSync(folder, { recursive: true }))

/** Exit code of a command line, and what it printed. */
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

test('every command of stacky is in the tour', async () => {
  const { output } = await runToEnd(stackyProgram, ['complete', '--', ''], {})
  const names = [...output.matchAll(/^(\w+)\t/gm)].map(([, name]) => name)
  expect(names).toContain('deployments')
  const shown = new Set(asked.map((command) => /stacky (\w+)/.exec(command)?.[1]))
  expect(names.filter((name) => !shown.has(name ?? ''))).toEqual([])
})

test('the programs understand every command of the tour', async () => {
  const misunderstood: object[] = []
  const left = [...asked, ...operated].values()
  const some = async () => {
    for (const command of left) {
      const { code, output } = await run(command.replace(/; echo "exit code \$\?"$/, ''))
      const isWrong = typed.get(command)?.includes('\nexit code 2\n')
      if ((code === 2) !== isWrong) misunderstood.push({ command, code, output })
    }
  }
  await Promise.all(Array.from({ length: ATONCE }, some))
  expect(asked.length + operated.length).toBeGreaterThan(40)
  expect(misunderstood).toEqual([])
})
