import { readFileSync } from 'node:fs'
import { SECOND } from '@stacktach/domain'
import { type CloudOptions, parseDeployments, publishMessages, simulateCloud, type Truth } from '@stacktach/simulator'
import type { Pipeline } from './pipeline.ts'

/** A whole second some hours ago, in microseconds. */
export function hoursAgo(hours: number): number {
  return Math.floor((Date.now() - hours * 3_600_000) / 1000) * SECOND
}

/**
 * Sends what a simulated cloud emits to a pipeline's brokers, and returns the truth about it.
 *
 * @param start when its operations begin
 * @param hours over which they are spread
 * @param rate messages in a second; 0 is as fast as the broker takes them
 */
export async function simulate(
  pipeline: Pipeline,
  start: number,
  hours: number,
  options: CloudOptions & { operations: number },
  rate = 0,
): Promise<{ truth: Truth; notifications: number }> {
  const cloud = simulateCloud({ ...options, start, operationsPerMinute: options.operations / (hours * 60) })
  const brokers = parseDeployments(readFileSync(pipeline.deploymentsFile, 'utf8'))
  const signal = new AbortController().signal
  await publishMessages(cloud.messages, brokers, { rate, live: false, waitForQueues: 30, signal })
  const truth = cloud.truth()
  return { truth, notifications: truth.services.nova.notifications + truth.services.glance.notifications }
}
