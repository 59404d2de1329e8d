import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { withLock } from './lock.mjs'

let folder = ''
let lock = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stacktach-lock-'))
  lock = join(folder, 'lock')
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

const modulePath = fileURLToPath(new URL('./lock.mjs', import.meta.url))

/**
 * A process that takes the lock, writes `begin` and `end` with its name to the journal around its work, and prints
 * `holding` meanwhile.
 * @param {string} name
 * @param {number | null} workMs null: until the file `release` exists
 */
function startHolder(name, workMs) {
  const work =
    workMs === null
      ? `while (!existsSync(${JSON.stringify(join(folder, 'release'))})) await sleep(20)`
      : `await sleep(${workMs})`
  const code = `
    const { appendFileSync, existsSync } = await import('node:fs')
    const { setTimeout: sleep } = await import('node:timers/promises')
    const { withLock } = await import(${JSON.stringify(modulePath)})
    await withLock(${JSON.stringify(lock)}, async () => {
      appendFileSync(${JSON.stringify(join(folder, 'journal'))}, 'begin ${name}\\n')
      console.log('holding')
      ${work}
      appendFileSync(${JSON.stringify(join(folder, 'journal'))}, 'end ${name}\\n')
    })`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'pipe'] })
  let errors = ''
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  return {
    child,
    holding: new Promise((resolve) => child.stdout.once('data', resolve)),
    ended: new Promise((resolve) => child.once('close', (code, signal) => resolve(signal ?? code))),
    errors: () => errors,
  }
}

const journal = () => readFileSync(join(folder, 'journal'), 'utf8').trim().split('\n')

test('returns the result of the work and removes the lock', async () => {
  expect(await withLock(lock, async () => readFileSync(lock, 'utf8').split(' ')[0])).toBe(String(process.pid))
  expect(readdirSync(folder)).toEqual([])
})

test('removes the lock when the work fails', async () => {
  const work = withLock(lock, async () => {
    throw new Error('work failed')
  })
  await expect(work).rejects.toThrow('work failed')
  expect(readdirSync(folder)).toEqual([])
})

test('runs `prepare` before each attempt, so that it can create the folder', async () => {
  const nested = join(folder, 'missing', 'lock')
  await withLock(
    nested,
    async () => expect(existsSync(nested)).toBe(true),
    () => mkdirSync(join(folder, 'missing'), { recursive: true }),
  )
})

test('two processes that wait get the lock one after the other', async () => {
  const first = startHolder('first', null)
  await first.holding
  const waiting = [startHolder('second', 50), startHolder('third', 50)]
  while (waiting.some(({ errors }) => errors() === '')) await sleep(20)
  writeFileSync(join(folder, 'release'), '')
  expect(await Promise.all([first, ...waiting].map(({ ended }) => ended))).toEqual([0, 0, 0])
  const lines = journal()
  expect(lines).toHaveLength(6)
  expect(lines.slice(0, 2)).toEqual(['begin first', 'end first'])
  const order = lines.filter((line) => line.startsWith('begin')).map((line) => line.split(' ')[1])
  expect(lines).toEqual(order.flatMap((name) => [`begin ${name}`, `end ${name}`]))
  for (const { errors } of waiting) {
    expect(errors()).toContain(`services: waiting for process ${first.child.pid}, which is using the servers\n`)
  }
  expect(readdirSync(folder).sort()).toEqual(['journal', 'release'])
})

test('breaks the lock of a killed process, also when two processes find it', async () => {
  const killed = startHolder('killed', 60_000)
  await killed.holding
  killed.child.kill('SIGKILL')
  expect(await killed.ended).toBe('SIGKILL')
  expect(readFileSync(lock, 'utf8')).toContain(`${killed.child.pid} `)
  const holders = [startHolder('a', 50), startHolder('b', 50)]
  expect(await Promise.all(holders.map(({ ended }) => ended))).toEqual([0, 0])
  const [begin, ...rest] = journal()
  expect(begin).toBe('begin killed')
  expect(rest).toHaveLength(4)
  for (const line of [0, 2]) expect(rest[line + 1]).toBe(rest[line]?.replace('begin', 'end'))
  expect(readdirSync(folder)).toEqual(['journal'])
})

test('breaks the lock of an earlier process whose pid is in use again', async () => {
  writeFileSync(lock, `${process.pid} 1\n`)
  expect(await withLock(lock, async () => 'done')).toBe('done')
})

test.each(['garbage\n', '0 0\n', '-1\n'])('breaks a lock whose holder is unreadable: %j', async (content) => {
  writeFileSync(lock, content)
  expect(await withLock(lock, async () => 'done')).toBe('done')
})

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'])('a holder that is ended by %s removes its lock', async (signal) => {
  const holder = startHolder('interrupted', 60_000)
  await holder.holding
  holder.child.kill(/** @type {NodeJS.Signals} */ (signal))
  expect(await holder.ended).toBe({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }[signal])
  expect(existsSync(lock)).toBe(false)
})
