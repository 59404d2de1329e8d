import { randomBytes } from 'node:crypto'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { initialState, StateFile } from './importState.ts'

const state = { offset: 120, lines: 3, stored: 1, duplicates: 1, rejected: 1, unreadable: 0 }

let file: string

beforeEach(async () => {
  file = join(tmpdir(), `state-${randomBytes(8).toString('hex')}.jsonl`)
  await writeFile(file, 'first content')
})

afterEach(async () => {
  await rm(file, { force: true })
  await rm(`${file}.import`, { force: true })
})

test('the state is read as it was written, until it is removed', async () => {
  const stateFile = await StateFile.of(file)
  expect(await stateFile.read()).toEqual(initialState())
  await stateFile.write(state)
  expect(await stateFile.read()).toEqual(state)
  await stateFile.remove()
  expect(await stateFile.read()).toEqual(initialState())
})

test('a state that earlier versions wrote, with known for duplicates, is read', async () => {
  const stateFile = await StateFile.of(file)
  await stateFile.write(state)
  const text = await readFile(`${file}.import`, 'utf8')
  await writeFile(`${file}.import`, text.replace('"duplicates"', '"known"'))
  expect(await stateFile.read()).toEqual(state)
})

test('the state of another file and an invalid state are ignored', async () => {
  await (await StateFile.of(file)).write(state)
  await writeFile(file, 'other content')
  const stateFile = await StateFile.of(file)
  expect(await stateFile.read()).toEqual(initialState())
  await stateFile.write({ ...state, lines: -1 })
  expect(await stateFile.read()).toEqual(initialState())
  await writeFile(`${file}.import`, 'not JSON')
  expect(await stateFile.read()).toEqual(initialState())
})
