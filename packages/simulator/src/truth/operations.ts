import type { Micros } from '../core/time.ts'
import type { SentNotification } from './sentNotification.ts'
import type { OperationTruth } from './truth.ts'

type OperationRecord = {
  first: Micros
  last: Micros
  notifications: number
  name: string | null
  code: number | null
  stateError: boolean
  imageTypes: Set<string>
  systems: Set<string>
}

/** Records the ground truth about operations: one for each request and instance. */
export type OperationRecorder = {
  record(sent: SentNotification): void
  read(): OperationTruth[]
}

/** The names of operations; the first one that an event contains is the operation's name. */
const names = ['create', 'rebuild', 'rescue', 'resize', 'snapshot'] as const

function emptyRecord(when: Micros): OperationRecord {
  const initial = { notifications: 0, name: null, code: null, stateError: false }
  return { first: when, last: when, ...initial, imageTypes: new Set(), systems: new Set() }
}

function add(record: OperationRecord, { notification, rendering, when }: SentNotification): void {
  const { errorCode, image } = notification.facts
  record.first = Math.min(record.first, when)
  record.last = Math.max(record.last, when)
  record.notifications += 1
  record.name = names.find((name) => rendering.storedEvent.includes(name)) ?? record.name
  record.code = errorCode ?? record.code
  record.imageTypes.add(image?.properties.image_type ?? '')
  record.systems.add(image?.osType ?? '')
}

/** Creates an empty recorder. */
export function createOperationRecorder(): OperationRecorder {
  const records = new Map<string, Map<string, OperationRecord>>()
  /** By request, the notifications without an instance: they belong to every instance of the request. */
  const withoutInstance = new Map<string, SentNotification[]>()
  const owners = new Map<string, { tenant: string; deployment: string }>()
  const states = new Map<string, string>()

  const record = (sent: SentNotification): void => {
    const { instance, request, facts } = sent.notification
    if (!sent.counts || request === null || request.user === null || facts.exists !== undefined) return
    if (instance === null || !sent.rendering.hasInstance) {
      withoutInstance.set(request.id, [...(withoutInstance.get(request.id) ?? []), sent])
      return
    }
    const { uuid } = instance
    owners.set(uuid, { tenant: instance.tenant.id, deployment: instance.deployment.name })
    const byInstance = records.get(request.id) ?? new Map<string, OperationRecord>()
    records.set(request.id, byInstance)
    const operation = byInstance.get(uuid) ?? emptyRecord(sent.when)
    byInstance.set(uuid, operation)
    add(operation, sent)
    if (facts.state === '') return
    const previous = states.get(uuid) ?? facts.state
    states.set(uuid, facts.state)
    if (facts.state === 'error' && previous !== 'error') operation.stateError = true
    if (previous === 'error' && facts.state !== 'error' && facts.state !== 'deleted') operation.stateError = false
  }

  const truthOf = (requestId: string, instance: string, recorded: OperationRecord): OperationTruth => {
    const operation = {
      ...recorded,
      imageTypes: new Set(recorded.imageTypes),
      systems: new Set(recorded.systems),
    }
    for (const sent of withoutInstance.get(requestId) ?? []) add(operation, sent)
    const { tenant, deployment } = owners.get(instance) ?? { tenant: '', deployment: '' }
    return {
      requestId,
      instance,
      tenant,
      deployment,
      first: operation.first,
      last: operation.last,
      notifications: operation.notifications,
      // A notification without an instance names an operation only if it is a failed call: then it is the same
      // operation.
      name: recorded.name ?? operation.name,
      code: operation.code,
      stateError: operation.stateError,
      image: operation.imageTypes.has('base') ? 'base' : '?',
      system: ['windows', 'linux'].find((system) => operation.systems.has(system)) ?? '?',
    }
  }

  const read = (): OperationTruth[] =>
    [...records].flatMap(([requestId, byInstance]) =>
      [...byInstance].map(([instance, recorded]) => truthOf(requestId, instance, recorded)),
    )
  return { record, read }
}
