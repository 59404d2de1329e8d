/** Things to do or to send, taken out in order of time; those of the same time in order of arrival. */
export type TimeQueue<T> = {
  push(at: number, value: T): void
  /** The earliest time in the queue, Infinity when it is empty. */
  nextAt(): number
  pop(): T | undefined
  readonly size: number
}

type Entry<T> = { at: number; order: number; value: T }

/** An empty queue: a binary heap. */
export function createTimeQueue<T>(): TimeQueue<T> {
  const heap: Entry<T>[] = []
  let order = 0
  const before = (a: Entry<T>, b: Entry<T>): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)

  const rise = (entry: Entry<T>): void => {
    let i = heap.length - 1
    while (i > 0) {
      const up = (i - 1) >> 1
      const parent = heap[up]
      if (parent === undefined || before(parent, entry)) break
      heap[i] = parent
      i = up
    }
    heap[i] = entry
  }

  const sink = (entry: Entry<T>): void => {
    let i = 0
    for (;;) {
      let down = 2 * i + 1
      let child = heap[down]
      const right = heap[down + 1]
      if (child !== undefined && right !== undefined && before(right, child)) {
        child = right
        down += 1
      }
      if (child === undefined || before(entry, child)) break
      heap[i] = child
      i = down
    }
    heap[i] = entry
  }

  return {
    push: (at, value) => {
      const entry = { at, order: order++, value }
      heap.push(entry)
      rise(entry)
    },
    nextAt: () => heap[0]?.at ?? Number.POSITIVE_INFINITY,
    pop: () => {
      const first = heap[0]
      const last = heap.pop()
      if (first !== undefined && last !== undefined && first !== last) sink(last)
      return first?.value
    },
    get size() {
      return heap.length
    },
  }
}
