import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { readState, rememberedPorts, writeState } from './state.mjs'

let folder = ''
let file = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stacktach-state-'))
  file = join(folder, 'data', 'state.json')
})

afterEach(() => rmSync(folder, { recursive: true }))

const empty = { checkout: expect.any(String), folder: expect.any(String), servers: {} }

/** @type {import('./state.mjs').State} */
const state = {
  checkout: '/checkout',
  folder: '/var/tmp/stacktach-1',
  how: 'private',
  servers: { postgres: { ports: { main: 21000 }, pid: 7 }, rabbitmq: { ports: { amqp: 21001, management: 21002 } } },
}

test('is empty before the first start', () => {
  expect(readState(file)).toEqual(empty)
})

test('is read as it was written, and replaced as a whole', () => {
  writeState({ ...state, servers: { redis: { ports: { main: 21009 } } } }, file)
  writeState(state, file)
  expect(readState(file)).toEqual(state)
  expect(readdirSync(join(folder, 'data'))).toEqual(['state.json'])
})

test('remembers all ports', () => {
  expect(rememberedPorts(state)).toEqual(new Set([21000, 21001, 21002]))
})

test('a file of an earlier version without folder gets the current one', () => {
  writeState(state, file)
  writeFileSync(file, JSON.stringify({ servers: state.servers }))
  expect(readState(file)).toEqual({ ...empty, servers: state.servers })
})

test.each([
  ['empty', ''],
  ['not JSON', 'postgres: 5432'],
  ['null', 'null'],
  ['an array', '[]'],
  ['without servers', '{ "how": "docker" }'],
  ['with null as servers', '{ "servers": null }'],
  ['with a server without ports', '{ "servers": { "redis": {} } }'],
  ['with null as a server', '{ "servers": { "redis": null } }'],
])('a broken file counts as empty: %s', (_, content) => {
  writeState(state, file)
  writeFileSync(file, content)
  expect(readState(file)).toEqual(empty)
})

test('a half-written file counts as empty at every length, and can be replaced', () => {
  writeState(state, file)
  const content = readFileSync(file, 'utf8').trimEnd()
  for (let length = 0; length < content.length; length++) {
    writeFileSync(file, content.slice(0, length))
    expect(readState(file)).toEqual(empty)
  }
  writeState(state, file)
  expect(readState(file)).toEqual(state)
})

test('a draft left by a killed writer is ignored and overwritten', () => {
  writeState(state, file)
  writeFileSync(`${file}.new`, '{ "serv')
  expect(readState(file)).toEqual(state)
  writeState({ ...state, how: 'docker' }, file)
  expect(readState(file).how).toBe('docker')
  expect(readdirSync(join(folder, 'data'))).toEqual(['state.json'])
})
