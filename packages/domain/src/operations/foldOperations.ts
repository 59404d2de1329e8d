import { SCHEDULER_PREFIX } from '../kpi/tracker.ts'
import { EXISTS } from '../notifications/counterparts.ts'
import { NO_ERROR_TEXT } from '../notifications/errorText.ts'
import { exceptionText } from '../notifications/exceptionText.ts'
import { comparePositions, type InstanceNotification, positionOf } from '../notifications/instanceNotification.ts'
import { reportsLaunch } from '../usage/foldLaunches.ts'
import type { Attempt, Failure, Operation } from './operation.ts'

/** What a notification means for an operation. `exception`: an error notification of another event. */
export type Phase = 'start' | 'end' | 'error' | 'exception'

const UPDATE = 'compute.instance.update'
const CREATE = 'compute.instance.create'
const DELETE = 'compute.instance.delete'

/** Their ends delete the instance, and with it everything that is in progress. */
const deleting: readonly string[] = [DELETE, 'compute.instance.force_delete']

type Described = Pick<InstanceNotification, 'event' | 'facts'>

/** The phase of a notification and the name of its operation; null if it belongs to no operation. */
export function phaseOf({ event, facts }: Described): { name: string; phase: Phase } | null {
  const suffix = /\.(start|end|error)$/.exec(event)
  if (suffix !== null) return { name: event.slice(0, suffix.index), phase: suffix[1] as 'start' | 'end' | 'error' }
  if (facts?.error === undefined || event === EXISTS || event === UPDATE) return null
  return { name: event, phase: 'exception' }
}

/** Whether a notification ends all operations of its instance. */
export function endsAll({ event }: Pick<InstanceNotification, 'event'>): boolean {
  return deleting.some((name) => event === `${name}.end`)
}

export interface OperationFold {
  /** New and changed operations. */
  operations: Operation[]
  /** Failures that these notifications reported. */
  failures: Failure[]
}

/**
 * Operations of an instance, grouped by request and event name. A `.start` begins an operation, or the next attempt of one
 * that has failed or not ended; an `.error` fails the last attempt; an `.end` ends the operation. An error notification of
 * another event fails what is in progress in its request; if nothing is, it is a failed operation of its own. A delete
 * abandons everything in progress.
 *
 * An error that repeats an earlier one of its attempt does not count again: nova sends the exception of a function beside
 * the `.error` of the operation.
 *
 * @param earlier the last operation of each request and name, if it is not done: a done one never changes
 * @param notifications of one instance, in order
 */
export function foldOperations(
  earlier: readonly Operation[],
  notifications: readonly InstanceNotification[],
): OperationFold {
  const fold = new Fold(earlier)
  for (const notification of notifications) fold.add(notification)
  return { operations: [...fold.changed.values()], failures: fold.failures }
}

/** Of all operations of instances, those that later notifications can change, oldest first. */
export function changeableOperations(operations: readonly Operation[]): Operation[] {
  const last = new Map<string, Operation>()
  for (const operation of [...operations].sort(compareOperations)) {
    last.set(`${operation.instance}\t${operation.requestId}\t${operation.name}`, operation)
  }
  return [...last.values()].filter(({ outcome }) => outcome !== 'done').sort(compareOperations)
}

function compareOperations(a: Operation, b: Operation): number {
  return comparePositions({ when: a.when, tieBreak: a.identity }, { when: b.when, tieBreak: b.identity })
}

class Fold {
  readonly changed = new Map<number, Operation>()
  readonly failures: Failure[] = []
  /** By request and name; without the done ones. */
  private readonly requests = new Map<string, Map<string, Operation>>()

  constructor(earlier: readonly Operation[]) {
    for (const operation of earlier) this.request(operation.requestId).set(operation.name, operation)
  }

  add(notification: InstanceNotification): void {
    const described = phaseOf(notification)
    if (described === null) return
    const { name, phase } = described
    const operation = this.request(notification.requestId).get(name)
    switch (phase) {
      case 'start':
        this.endScheduling(notification, name)
        this.put(started(operation, notification, name))
        break
      case 'end':
        if (name === CREATE && !reportsLaunch(notification)) this.fail(notification, name, operation)
        else this.end(notification, name, operation)
        break
      case 'error':
        this.fail(notification, name, operation)
        break
      case 'exception':
        this.failRequest(notification)
        break
    }
  }

  private end(notification: InstanceNotification, name: string, own: Operation | undefined): void {
    // After a crash during a delete, nova-compute reports only its end, in another request.
    const operation = own ?? (name === DELETE ? this.open().find((other) => other.name === DELETE) : undefined)
    const ended = operation ?? newOperation(notification, name)
    const last = ended.attempts.at(-1)
    // What failed stays failed: nova reports the end of a failed reboot.
    const isFailed = last?.outcome === 'failed'
    const attempt: Attempt = {
      start: last?.start ?? null,
      end: notification.when,
      outcome: 'done',
      host: notification.host ?? last?.host ?? null,
      error: null,
    }
    this.put({
      ...withDetails(ended, notification),
      end: notification.when,
      outcome: isFailed ? 'failed' : 'done',
      attempts: isFailed ? ended.attempts : [...ended.attempts.slice(0, -1), attempt],
    })
    if (!endsAll(notification)) return
    for (const other of this.open()) this.put(closed(other, notification, 'abandoned'))
  }

  private fail(notification: InstanceNotification, name: string, operation: Operation | undefined): void {
    if (operation?.attempts.at(-1)?.outcome === 'failed') return
    const base = withDetails(operation ?? newOperation(notification, name), notification)
    this.putFailed(base, notification, notification.host ?? base.attempts.at(-1)?.host ?? null)
  }

  private failRequest(notification: InstanceNotification): void {
    const { requestId, event } = notification
    const others = requestId === '' ? [] : [...this.request(requestId).values()]
    const [first, ...nested] = others.filter(({ outcome }) => outcome === 'open').sort(compareOperations)
    if (first !== undefined) {
      for (const operation of nested) this.put(closed(operation, notification, 'failed'))
      this.putFailed(first, notification, first.attempts.at(-1)?.host ?? notification.host)
      return
    }
    const text = textOf(notification)
    const isRepeated = others.some(({ outcome, attempts }) => outcome === 'failed' && attempts.at(-1)?.error === text)
    if (!isRepeated) this.putFailed(newOperation(notification, event), notification, notification.host)
  }

  /** Fails the last attempt, and records the failure. */
  private putFailed(operation: Operation, notification: InstanceNotification, host: string | null): void {
    const failed = closed(operation, notification, 'failed')
    const attempt = failed.attempts.at(-1)
    const attempts = attempt === undefined ? [] : [...failed.attempts.slice(0, -1), { ...attempt, host }]
    this.put({ ...failed, host, attempts })
    const { instance, requestId, name, flavor, image, tenant } = failed
    this.failures.push({
      notificationId: notification.id,
      when: notification.when,
      instance,
      requestId,
      name,
      error: textOf(notification),
      host,
      flavor,
      image,
      tenant,
      deploymentId: notification.deploymentId,
    })
  }

  /**
   * Ends the scheduling when a host begins its work: for several instances created by one request, nova reports the end of
   * the scheduling for another instance than its start.
   */
  private endScheduling(notification: InstanceNotification, name: string): void {
    if (name.startsWith(SCHEDULER_PREFIX)) return
    for (const operation of this.request(notification.requestId).values()) {
      if (operation.outcome === 'open' && operation.name.startsWith(SCHEDULER_PREFIX)) {
        this.put(closed(operation, notification, 'done'))
      }
    }
  }

  /** The open operations of all requests, oldest first. */
  private open(): Operation[] {
    return [...this.requests.values()]
      .flatMap((operations) => [...operations.values()])
      .filter(({ outcome }) => outcome === 'open')
      .sort(compareOperations)
  }

  private put(operation: Operation): void {
    const operations = this.request(operation.requestId)
    if (operation.outcome === 'done') operations.delete(operation.name)
    else operations.set(operation.name, operation)
    this.changed.set(operation.notificationId, operation)
  }

  private request(requestId: string): Map<string, Operation> {
    const operations = this.requests.get(requestId) ?? new Map<string, Operation>()
    this.requests.set(requestId, operations)
    return operations
  }
}

/** A new operation, or the next attempt of this one. */
function started(before: Operation | undefined, notification: InstanceNotification, name: string): Operation {
  const isNew = before === undefined || before.outcome === 'abandoned'
  const operation = isNew ? newOperation(notification, name) : withDetails(before, notification)
  const { when, host } = notification
  const previous = isNew
    ? []
    : operation.outcome === 'open'
      ? closed(operation, notification, 'abandoned').attempts
      : operation.attempts
  const attempt: Attempt = { start: when, end: null, outcome: 'open', host, error: null }
  return { ...operation, end: null, outcome: 'open', host, attempts: [...previous, attempt] }
}

/** The operation, ended by a notification that is not its `.end`. */
function closed(
  operation: Operation,
  notification: InstanceNotification,
  outcome: 'done' | 'failed' | 'abandoned',
): Operation {
  const end = notification.when
  const last = operation.attempts.at(-1)
  const attempt: Attempt = {
    start: last?.start ?? null,
    end,
    outcome,
    host: last?.host ?? operation.host,
    error: outcome === 'failed' ? textOf(notification) : null,
  }
  return { ...operation, end, outcome, attempts: [...operation.attempts.slice(0, -1), attempt] }
}

/** An operation without an attempt. */
function newOperation(notification: InstanceNotification, name: string): Operation {
  const { id, when, instance, requestId, deploymentId, tenant, userId, host, facts } = notification
  return {
    instance,
    name,
    requestId,
    notificationId: id,
    when,
    identity: positionOf(notification).tieBreak,
    end: null,
    outcome: 'open',
    attempts: [],
    deploymentId,
    tenant,
    userId,
    host,
    flavor: facts?.flavorName ?? null,
    image: facts?.image ?? null,
  }
}

/** With what this notification adds: a versioned one has no image name, an error no user. */
function withDetails(operation: Operation, { tenant, userId, host, facts }: InstanceNotification): Operation {
  return {
    ...operation,
    tenant: operation.tenant ?? tenant,
    userId: operation.userId ?? userId,
    host: host ?? operation.host,
    flavor: operation.flavor ?? facts?.flavorName ?? null,
    image: operation.image ?? facts?.image ?? null,
  }
}

/** The error text; for a `create.end` that reports no launch its message. */
function textOf({ facts }: Pick<InstanceNotification, 'facts'>): string {
  return facts?.error ?? (facts?.message === undefined ? NO_ERROR_TEXT : exceptionText(facts.message))
}
