import { formatInstant, type Instant, SECOND } from '@stacktach/domain'
import { simulateCloud } from '@stacktach/simulator'
import type { BenchMessage } from './message.ts'

/** The events of one request, which are repeated. */
const events = ['compute.instance.update', 'compute.instance.reboot.start', 'compute.instance.reboot.end']

/**
 * Creates notifications in order of time, with the instances taking turns: updates and reboots, three notifications per
 * request.
 *
 * @param perInstance notifications of each instance
 */
export function* chains(count: number, perInstance: number, start: Instant): Generator<BenchMessage> {
  const templates = events.map(templateOf)
  const instances = Math.max(1, Math.round(count / perInstance))
  for (let number = 0; number < count; number++) {
    const instance = number % instances
    const turn = Math.floor(number / instances)
    const template = templates[turn % events.length] ?? {}
    const when = formatInstant(start + number * (SECOND / 100))
    const body = {
      ...template,
      message_id: uuid(1, number),
      timestamp: when,
      _context_timestamp: when,
      _context_request_id: `req-${uuid(perInstance, instance * 100_000 + Math.floor(turn / events.length))}`,
      payload: { ...record(template.payload), instance_id: uuid(2, instance) },
    }
    yield { exchange: 'nova', routingKey: 'notifications.info', body: Buffer.from(JSON.stringify(body)) }
  }
}

/** Derives a UUID from two numbers, with evenly distributed digits. */
function uuid(kind: number, number: number): string {
  const mixed = Math.imul(number + 1, 0x9e3779b1) >>> 0
  const hex = (value: number, length: number) => value.toString(16).padStart(length, '0').slice(-length)
  return `${hex(mixed, 8)}-${hex(kind, 4)}-4000-8000-${hex(number, 12)}`
}

function templateOf(event: string): Record<string, unknown> {
  for (const message of simulateCloud({ seed: 'chains', format: 'classic', deployments: ['bench'] }).messages) {
    if (message.event === event) return message.body
  }
  throw new Error(`the simulated cloud does not send ${event}`)
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
