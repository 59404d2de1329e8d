import TinyQueue from 'tinyqueue'

/** A priority queue by time; values of the same time leave in the order in which they were pushed. */
export type TimeQueue<T> = {
  push(at: number, value: T): void
  /** The earliest time in the queue, Infinity if the queue is empty. */
  nextAt(): number
  pop(): T | undefined
}

type Entry<T> = { readonly at: number; readonly order: number; readonly value: T }

/** Creates an empty queue. */
export function createTimeQueue<T>(): TimeQueue<T> {
  const queue = new TinyQueue<Entry<T>>([], (a, b) => a.at - b.at || a.order - b.order)
  let order = 0
  return {
    push: (at, value) => queue.push({ at, order: order++, value }),
    nextAt: () => queue.peek()?.at ?? Number.POSITIVE_INFINITY,
    pop: () => queue.pop()?.value,
  }
}
