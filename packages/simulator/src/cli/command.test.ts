import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { situations } from '../core/situations.ts'
import { HOUR, MINUTE } from '../core/time.ts'
import { parseCommand, UsageError } from './command.ts'

const now = Date.UTC(2026, 10, 20, 12) * 1000

function usage(args: readonly string[]): UsageError {
  try {
    parseCommand(args, now)
  } catch (error) {
    if (error instanceof UsageError) return error
    throw error
  }
  throw new Error('the command line was accepted')
}

describe('the command line', () => {
  test('prints a finite cloud that ends about now by default', () => {
    const command = parseCommand([], now)
    expect(command).toMatchObject({ brokers: null, truthFile: null, rate: 0, live: false })
    expect(command.cloud).toMatchObject({ operations: 300, format: 'envelope', keepTruth: false })
    expect(command.cloud.start).toBe(now - 6 * HOUR - 5 * MINUTE)
  })

  test('live starts now and never ends', () => {
    const { cloud } = parseCommand(['--live', '--truth', 't.json'], now)
    expect(cloud).toMatchObject({ start: now, operations: Number.POSITIVE_INFINITY, keepTruth: true })
  })

  test('accepts faults, and starts earlier if there are slow requests', () => {
    const { cloud } = parseCommand(['--usage-faults', '0.2', '--slow-requests', '0.1'], now)
    expect(cloud).toMatchObject({ usageFaults: 0.2, slowRequests: 0.1, start: now - 6 * HOUR - 45 * MINUTE })
  })

  test('accepts situations of real clouds by name, and leaves time for them', () => {
    const { cloud } = parseCommand(['--situations', 'force-deletes, shared-hours', '--control-exchange', 'os'], now)
    expect(cloud).toMatchObject({ situations: ['force-deletes', 'shared-hours'], controlExchange: 'os' })
    expect(parseCommand(['--situations', 'all'], now).cloud.situations).toEqual(situations)
    const short = parseCommand(['--situations', 'all', '--operations', '50'], now).cloud
    expect(short.start).toBe(now - 4 * HOUR - 5 * MINUTE)
  })

  test('reads the deployments file', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'simulate-')), 'deployments.json')
    const topics = { nova: [{ queue: 'q', routing_key: 'notifications.info' }] }
    const deployments = [
      { name: 'one', rabbit_port: 5673, topics },
      { name: 'off', enabled: false },
      { name: 'two', durable_queue: false, rabbit_virtual_host: 'cell' },
    ]
    writeFileSync(file, JSON.stringify({ deployments }))
    const { brokers, cloud } = parseCommand(['--deployments', file], now)
    expect(cloud.deployments).toEqual(['one', 'two'])
    expect(brokers?.[0]).toMatchObject({ hostname: 'localhost', port: 5673, vhost: '/', durable: true, queues: ['q'] })
    expect(brokers?.[1]).toMatchObject({ port: 5672, vhost: 'cell', durable: false, queues: [] })
  })

  test.each([
    [['--rte', '3'], /--rte/],
    [['surplus'], /too many arguments/],
    [['--rate', 'fast'], /--rate/],
    [['--failures', '2'], /--failures/],
    [['--format', 'xml'], /--format/],
    [['--usage-faults', '2'], /--usage-faults/],
    [['--slow-requests', 'all'], /--slow-requests/],
    [['--start', 'yesterday'], /--start/],
    [['--live', '--start', '2026-11-20T00:00:00Z'], /--live/],
    [['--operations', 'Infinity'], /Infinity/],
    [['--situations', 'force-deletes,none'], /--situations/],
    [['--situations', 'all', '--audit-minutes', '5'], /auditPeriod/],
    [['--deployments', '/does/not/exist'], /--deployments/],
  ])('%j is rejected with a one-line message', (args, reason) => {
    const { code, message } = usage(args)
    expect(code).toBe(2)
    expect(message).toMatch(reason)
    expect(message).not.toContain('\n')
  })
})
