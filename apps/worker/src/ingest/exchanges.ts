import type { DeploymentEntry } from '@stacktach/runtime'

type Topics = DeploymentEntry['topics']

/** Exchanges that share queues, and these queues. */
export interface QueueGroup {
  exchanges: string[]
  queues: string[]
}

/** Groups the exchanges of a deployment so that each queue belongs to one group, and is consumed once. */
export function queueGroups(topics: Topics): QueueGroup[] {
  let groups: QueueGroup[] = []
  for (const [exchange, bindings] of Object.entries(topics)) {
    const queues = bindings.map(({ queue }) => queue)
    const isShared = (group: QueueGroup) => group.queues.some((queue) => queues.includes(queue))
    const shared = groups.filter(isShared)
    const merged = {
      exchanges: [...shared.flatMap((group) => group.exchanges), exchange],
      queues: [...new Set([...shared.flatMap((group) => group.queues), ...queues])],
    }
    groups = [...groups.filter((group) => !isShared(group)), merged]
  }
  return groups
}

/**
 * Returns a function that determines the exchange of a message from its queue and the exchange of its delivery: the one
 * that it was published to. Two kinds of exchanges are replaced by the one under which the queue is listed: the
 * default exchange (messages that were moved to the queue by name) and a distributing exchange (`from`).
 */
export function messageExchange(
  topics: Topics,
  controlExchanges: readonly string[],
): (queue: string, delivered: string) => string {
  const listed = new Map<string, Map<string, string>>()
  for (const [exchange, bindings] of Object.entries(topics)) {
    for (const { queue, from } of bindings) {
      const ofQueue = listed.get(queue) ?? new Map<string, string>()
      listed.set(queue, ofQueue)
      for (const standIn of ['', from]) {
        if (standIn === undefined || Object.hasOwn(topics, standIn) || controlExchanges.includes(standIn)) continue
        if (!ofQueue.has(standIn)) ofQueue.set(standIn, exchange)
      }
    }
  }
  return (queue, delivered) => listed.get(queue)?.get(delivered) ?? delivered
}
