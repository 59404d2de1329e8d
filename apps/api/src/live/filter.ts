import type { Arrival } from '@stacktach/db'
import { services } from '@stacktach/domain'
import { textParameter } from '@stacktach/http'
import { z } from 'zod'

/** The parameters that select notifications; each is optional. */
export const liveParameters = z.object({
  service: z.enum(services, { error: `service must be one of ${services.join(', ')}` }).optional(),
  deployment: textParameter.optional(),
  event: textParameter.optional(),
  instance: textParameter.optional(),
  /** Only notifications that were published as errors. */
  errors: z
    .enum(['0', '1'], { error: 'errors must be 1 or 0' })
    .transform((value) => value === '1')
    .default(false),
  /** Id of the last received event, for clients that cannot send the header Last-Event-ID with their first request. */
  after: textParameter.optional(),
})

export type LiveParameters = z.output<typeof liveParameters>

export type LiveFilter = Omit<LiveParameters, 'after'>

/** A text that is equal for equal filters. */
export function filterKey({ service, deployment, event, instance, errors }: LiveFilter): string {
  return JSON.stringify([service, deployment, event, instance, errors])
}

export function matchesFilter({ service, notification }: Arrival, filter: LiveFilter): boolean {
  return (
    (filter.service === undefined || filter.service === service) &&
    (filter.deployment === undefined || filter.deployment === notification.deployment) &&
    (filter.event === undefined || filter.event === notification.event) &&
    (filter.instance === undefined || filter.instance === notification.instance) &&
    (!filter.errors || isError(notification.routingKey))
  )
}

/** Whether a notification was published as an error. */
export function isError(routingKey: string): boolean {
  return routingKey.endsWith('error')
}
