import { Writable } from 'node:stream'
import { expect, test } from '@jest/globals'
import { simulateCloud } from '../index.ts'
import { printMessages } from './print.ts'

const pace = { rate: 0, live: false }

function collect(fail?: { after: number; code: string }): { lines: string[]; output: Writable } {
  const lines: string[] = []
  const output = new Writable({
    write(chunk, _encoding, done) {
      if (fail !== undefined && lines.length >= fail.after) {
        done(Object.assign(new Error(fail.code), { code: fail.code }))
      } else {
        lines.push(String(chunk))
        done()
      }
    },
  })
  return { lines, output }
}

test('prints one JSON line per message', async () => {
  const { lines, output } = collect()
  await printMessages(simulateCloud({ operations: 5 }).messages, output, pace, new AbortController().signal)
  expect(lines.length).toBeGreaterThan(10)
  expect(Object.keys(JSON.parse(lines[0] ?? ''))).toEqual(['deployment', 'exchange', 'routing_key', 'body'])
})

test('ends without an error when the reader closes the pipe, and with one when the disk is full', async () => {
  const { signal } = new AbortController()
  const endless = { operations: Number.POSITIVE_INFINITY, keepTruth: false }
  const closed = collect({ after: 30, code: 'EPIPE' })
  await printMessages(simulateCloud(endless).messages, closed.output, pace, signal)
  expect(closed.lines).toHaveLength(30)
  const full = collect({ after: 30, code: 'ENOSPC' })
  await expect(printMessages(simulateCloud(endless).messages, full.output, pace, signal)).rejects.toThrow('ENOSPC')
})

test('stops on the signal while it waits', async () => {
  const stop = new AbortController()
  const { lines, output } = collect()
  setTimeout(() => stop.abort(), 100)
  const start = Date.now() * 1000
  const { messages } = simulateCloud({ operations: Number.POSITIVE_INFINITY, operationsPerMinute: 60, start })
  await printMessages(messages, output, { rate: 0, live: true }, stop.signal)
  expect(lines.length).toBeLessThan(20)
})
