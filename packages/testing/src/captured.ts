import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'

/** A message of a recorded cloud, with the exchange and routing key it was published to. */
export interface CapturedMessage {
  exchange: string
  routing_key: string
  body: Buffer
}

const samples = fileURLToPath(new URL('../samples/', import.meta.url))
const folder = `${samples}captured/`

/** Names of the recorded streams; `samples/captured/README.md` describes them. */
export const capturedStreams = [
  'glance_messagingv2',
  'nova_both',
  'nova_both_failures',
  'nova_unversioned',
  'nova_unversioned_messaging-v1',
  'nova_unversioned_two-topics',
  'nova_versioned',
] as const

export type CapturedStream = (typeof capturedStreams)[number]

/** The messages of a recorded stream, in order. */
export function captured(stream: CapturedStream): CapturedMessage[] {
  return read(`${folder}${stream}.jsonl.gz`)
}

/** Notifications of 2014 with correct usage and planted faults, in order. */
export function auditSample(): CapturedMessage[] {
  return read(`${samples}audit/notifications.jsonl.gz`)
}

function read(path: string): CapturedMessage[] {
  const lines = gunzipSync(readFileSync(path)).toString('utf8').trimEnd().split('\n')
  return lines.map((line) => {
    const message: { exchange: string; routing_key: string; body: unknown } = JSON.parse(line)
    return { ...message, body: Buffer.from(JSON.stringify(message.body)) }
  })
}

/** Expected rows of one instance of a recorded stream, written by hand from its notifications. */
export interface Expectation {
  launches: Record<string, string | null>[]
  deletes: Record<string, string | null>[]
  exists: Record<string, string | null>[]
  timings: [string, string, string][]
  kpi: [string, string, string, string][]
}

/** The expected rows of each instance of a recorded stream. */
export function expectations(stream: CapturedStream): Record<string, Expectation> {
  return JSON.parse(readFileSync(`${folder}expectations/${stream}.json`, 'utf8'))
}
