import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { type Pace, paced } from './pace.ts'
import type { SimulatedMessage } from './message.ts'

/**
 * Writes each message as a JSON line. Ends quietly when `signal` is aborted or nobody reads any more (`| head`);
 * rejects when the output fails otherwise.
 */
export async function printMessages(
  messages: Iterable<SimulatedMessage>,
  output: Writable,
  pace: Pace,
  signal: AbortSignal,
): Promise<void> {
  const broken = new AbortController()
  output.on('error', (error) => broken.abort(error))
  const both = AbortSignal.any([signal, broken.signal])
  try {
    for await (const { deployment, exchange, routingKey, body } of paced(messages, pace, both)) {
      const line = JSON.stringify({ deployment, exchange, routing_key: routingKey, body })
      if (!output.write(`${line}\n`)) await once(output, 'drain', { signal: both })
    }
  } catch (error) {
    if (!both.aborted) throw error
  }
  const reason: unknown = broken.signal.reason
  if (reason instanceof Error && !('code' in reason && reason.code === 'EPIPE')) throw reason
}
