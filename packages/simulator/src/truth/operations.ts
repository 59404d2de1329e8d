import type { Micros } from '../core/time.ts'
import type { OperationTruth } from './truth.ts'
import type { SentNotification } from './sentNotification.ts'

type Page = {
  first: Micros
  last: Micros
  notifications: number
  name: string | null
  code: number | null
  stateError: boolean
  imageTypes: Set<string>
  systems: Set<string>
}

/** The pages of all that requests did, by request and instance. */
export type OperationRecorder = {
  record(sent: SentNotification): void
  read(): OperationTruth[]
}

/** By whose names operations are told apart; the first that an event contains is meant. */
const names = ['create', 'rebuild', 'rescue', 'resize', 'snapshot'] as const

function open(when: Micros): Page {
  const nothing = { notifications: 0, name: null, code: null, stateError: false }
  return { first: when, last: when, ...nothing, imageTypes: new Set(), systems: new Set() }
}

function note(page: Page, { notice, rendering, when }: SentNotification): void {
  const { code, image } = notice.facts
  page.first = Math.min(page.first, when)
  page.last = Math.max(page.last, when)
  page.notifications += 1
  page.name = names.find((name) => rendering.known.includes(name)) ?? page.name
  page.code = code ?? page.code
  page.imageTypes.add(image?.properties.image_type ?? '')
  page.systems.add(image?.osType ?? '')
}

/** An empty book of operations. */
export function createOperationRecorder(): OperationRecorder {
  const pages = new Map<string, Map<string, Page>>()
  /** What tells no instance is of all of its request. */
  const untold = new Map<string, SentNotification[]>()
  const tenants = new Map<string, { tenant: string; deployment: string }>()
  const states = new Map<string, string>()

  const record = (sent: SentNotification): void => {
    const { instance, request, facts } = sent.notice
    if (!sent.counts || request === null || request.user === null || facts.exists !== undefined) return
    if (instance === null || !sent.rendering.hasInstance) {
      untold.set(request.id, [...(untold.get(request.id) ?? []), sent])
      return
    }
    const { uuid } = instance
    tenants.set(uuid, { tenant: instance.tenant.id, deployment: instance.deployment.name })
    const ofRequest = pages.get(request.id) ?? new Map<string, Page>()
    pages.set(request.id, ofRequest)
    const page = ofRequest.get(uuid) ?? open(sent.when)
    ofRequest.set(uuid, page)
    note(page, sent)
    if (facts.state === '') return
    const before = states.get(uuid) ?? facts.state
    states.set(uuid, facts.state)
    if (facts.state === 'error' && before !== 'error') page.stateError = true
    if (before === 'error' && facts.state !== 'error' && facts.state !== 'deleted') page.stateError = false
  }

  const read = (): OperationTruth[] =>
    [...pages].flatMap(([requestId, instances]) =>
      [...instances].map(([instance, told]) => {
        const page = { ...told, imageTypes: new Set(told.imageTypes), systems: new Set(told.systems) }
        // In order of time, so that the last name is the last one told.
        const others = untold.get(requestId) ?? []
        const named = page.name
        for (const sent of others) note(page, sent)
        const { tenant, deployment } = tenants.get(instance) ?? { tenant: '', deployment: '' }
        return {
          requestId,
          instance,
          tenant,
          deployment,
          first: page.first,
          last: page.last,
          notifications: page.notifications,
          // Nothing that tells no instance names an operation of its own, but a call that failed: the same one.
          name: named ?? page.name,
          code: page.code,
          stateError: page.stateError,
          image: page.imageTypes.has('base') ? 'base' : '?',
          system: ['windows', 'linux'].find((system) => page.systems.has(system)) ?? '?',
        }
      }),
    )
  return { record, read }
}
