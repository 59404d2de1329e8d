import { readFileSync } from 'node:fs'
import { SECOND } from '@stacktach/domain'
import { type CloudOptions, parseDeployments, publishMessages, simulateCloud, type Truth } from '@stacktach/simulator'
import type { Pipeline } from './pipeline.ts'

/** A whole second this many hours ago, in microseconds. */
export function hoursAgo(hours: number): number {
  return Math.floor((Date.now() - hours * 3_600_000) / 1000) * SECOND
}

/**
 * Publishes the notifications of a simulated cloud to a pipeline's brokers.
 *
 * @param start time of the first operation, in microseconds
 * @param hours length of the period of the operations
 * @param rate messages per second; 0 for no limit
 * @returns the truth about the cloud, and its numbers of notifications and of messages, duplicates included
 */
export async function simulate(
  pipeline: Pipeline,
  start: number,
  hours: number,
  options: CloudOptions & { operations: number },
  rate = 0,
): Promise<{ truth: Truth; notifications: number; published: number }> {
  const cloud = simulateCloud({ ...options, start, operationsPerMinute: options.operations / (hours * 60) })
  const brokers = parseDeployments(readFileSync(pipeline.deploymentsFile, 'utf8'))
  const signal = new AbortController().signal
  const settings = { rate, live: false, waitForQueues: 30, exchanges: cloud.exchanges, signal }
  const { published, unroutable } = await publishMessages(cloud.messages, brokers, settings)
  const truth = cloud.truth()
  const { nova, glance } = truth.services
  return { truth, notifications: nova.notifications + glance.notifications, published: published - unroutable }
}
