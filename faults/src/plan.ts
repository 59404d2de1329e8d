import type { Fault } from './faults/fault.ts'
import type { Options } from './options.ts'
import { createRandom } from './random.ts'
import { type StreamMessage, stream } from './stream.ts'

/** A part of the stream, and what happens while it is sent. */
export interface Act {
  fault: Fault
  notifications: number
  /** After how many of its messages. */
  moment: number
}

/** Which fault comes when: each as often as there are rounds, in an order and at moments that the seed decides. */
export function planActs(faults: readonly Fault[], { notifications, seed, rounds }: Options): Act[] {
  const random = createRandom(seed)
  const order = Array.from({ length: rounds }, () => random.shuffled(faults)).flat()
  return order.map((fault, index) => {
    const from = Math.floor((notifications * index) / order.length)
    const own = Math.floor((notifications * (index + 1)) / order.length) - from
    return { fault, notifications: own, moment: Math.floor(own * (0.1 + 0.6 * random.next())) }
  })
}

/** The messages of one act after another; the same each time. */
export function* scenes(acts: readonly Act[], { notifications, seed }: Options): Generator<StreamMessage[]> {
  let off = false
  const messages = stream(notifications, seed, () => off)
  const ids = new Set<string>()
  let until = 0
  for (const act of acts) {
    off = act.fault.hostClocks === true
    until += act.notifications
    const taken: StreamMessage[] = []
    while (ids.size < until) {
      const next = messages.next()
      if (next.done) throw new Error('the stream ends too early')
      ids.add(next.value.messageId)
      taken.push(next.value)
    }
    yield taken
  }
}
