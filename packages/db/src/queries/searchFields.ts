import type { Service } from '@stacktach/domain'
import type { SpanKind } from './notificationSpan.ts'

export type SearchLookup = 'exact' | 'contains' | 'startswith' | 'endswith' | 'gt' | 'gte' | 'lt' | 'lte'

export interface SearchField {
  /** A column of the service's table. `store/notificationTables.ts` fills it. */
  column: string
  type: 'text' | 'integer' | 'instant'
  lookups: readonly SearchLookup[]
  /**
   * How an exact value is looked up: an index whose next column is the time; the time itself; the days in the value's span
   * (instance, request, image, id); the identity (the message id, if present); the deployment's name; or no index.
   */
  by: 'index' | 'time' | 'id' | Exclude<SpanKind, 'id'> | 'identity' | 'deployment name' | 'nothing'
}

const ofText = ['exact', 'contains', 'startswith', 'endswith'] as const
const ofOrder = ['exact', 'gt', 'gte', 'lt', 'lte'] as const

const text = (column: string, by: SearchField['by'] = 'nothing'): SearchField => ({
  column,
  type: 'text',
  lookups: ofText,
  by,
})
const integer = (column: string): SearchField => ({ column, type: 'integer', lookups: ['exact'], by: 'nothing' })

const common: Record<string, SearchField> = {
  id: { column: 'id', type: 'integer', lookups: ofOrder, by: 'id' },
  when: { column: '"when"', type: 'instant', lookups: ofOrder, by: 'time' },
  deployment: integer('deployment_id'),
  deployment__name: text('deployment_id', 'deployment name'),
  image_type: integer('image_type'),
  routing_key: text('routing_key'),
  publisher: text('publisher'),
  service: text('service'),
  event: text('event', 'index'),
  host: text('host', 'index'),
  instance: text('instance', 'instance'),
  message_id: text('message_id', 'identity'),
}

const states: Record<string, SearchField> = {
  tenant: text('tenant', 'index'),
  state: text('state'),
  old_state: text('old_state'),
  task: text('task'),
  old_task: text('old_task'),
}

/** Search fields by StackTach's names, each with its column. */
export const searchFields: Record<Service, ReadonlyMap<string, SearchField>> = {
  // Only request ids of nova have spans.
  nova: fields({ ...common, ...states, request_id: text('request_id', 'request') }),
  glance: fields({
    ...common,
    owner: text('owner', 'index'),
    status: text('status'),
    uuid: text('uuid', 'image'),
    request_id: text('request_id', 'index'),
  }),
  generic: fields({ ...common, ...states, request_id: text('request_id', 'index') }),
}

function fields(table: Record<string, SearchField>): ReadonlyMap<string, SearchField> {
  return new Map(Object.entries(table))
}
