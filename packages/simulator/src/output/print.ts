import { once } from 'node:events'
import type { Writable } from 'node:stream'
import type { SimulatedMessage } from './message.ts'
import { type Pace, paced } from './pace.ts'

/**
 * Writes each message as a JSON line. Ends without an error when `signal` is aborted or the reader closes the pipe (`|
 * head`); rejects if the output fails for another reason.
 */
export async function printMessages(
  messages: Iterable<SimulatedMessage>,
  output: Writable,
  pace: Pace,
  signal: AbortSignal,
): Promise<void> {
  const failed = new AbortController()
  output.on('error', (error) => failed.abort(error))
  const either = AbortSignal.any([signal, failed.signal])
  try {
    for await (const { deployment, exchange, routingKey, body } of paced(messages, pace, either)) {
      const line = JSON.stringify({ deployment, exchange, routing_key: routingKey, body })
      if (!output.write(`${line}\n`)) await once(output, 'drain', { signal: either })
    }
  } catch (error) {
    if (!either.aborted) throw error
  }
  const reason: unknown = failed.signal.reason
  if (reason instanceof Error && !('code' in reason && reason.code === 'EPIPE')) throw reason
}
