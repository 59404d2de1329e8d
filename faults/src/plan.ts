import type { Fault } from './faults/fault.ts'
import type { Options } from './options.ts'
import { createRandom } from './random.ts'
import { type StreamMessage, stream } from './stream.ts'

/** A segment of the stream, and the fault that is injected while it is published. */
export interface Segment {
  fault: Fault
  notifications: number
  /** The number of published messages after which the fault is injected. */
  injectAfter: number
}

/** Plans a segment for each fault and round; the seed decides the order and the moments. */
export function planSegments(faults: readonly Fault[], { notifications, seed, rounds }: Options): Segment[] {
  const random = createRandom(seed)
  const order = Array.from({ length: rounds }, () => random.shuffled(faults)).flat()
  return order.map((fault, index) => {
    const from = Math.floor((notifications * index) / order.length)
    const count = Math.floor((notifications * (index + 1)) / order.length) - from
    return { fault, notifications: count, injectAfter: Math.floor(count * (0.1 + 0.6 * random.next())) }
  })
}

/** Yields the messages of one segment after another; the same messages every time. */
export function* segmentMessages(
  segments: readonly Segment[],
  { notifications, seed }: Options,
): Generator<StreamMessage[]> {
  let wrongClocks = false
  const messages = stream(notifications, seed, () => wrongClocks)
  const ids = new Set<string>()
  let until = 0
  for (const segment of segments) {
    wrongClocks = segment.fault.hostClocks === true
    until += segment.notifications
    const own: StreamMessage[] = []
    while (ids.size < until) {
      const next = messages.next()
      if (next.done) throw new Error('the simulated stream is shorter than planned')
      ids.add(next.value.messageId)
      own.push(next.value)
    }
    yield own
  }
}
