import { actionNotification, type Details } from '../notifications/action.ts'
import type { Deletion } from '../notifications/notification.ts'
import type { Instance } from '../world/instance.ts'
import type { Request } from '../world/request.ts'
import type { Operation, Steps } from './operation.ts'

/** The senders if the API itself deletes an instance. */
function apiSender({ deployment: { controller } }: Operation): Details {
  return {
    publishers: {
      classic: { service: 'compute', host: controller },
      versioned: { service: 'api', host: controller },
    },
  }
}

/** The deletion of an instance that was launched. */
function deletionOf({ launchedAt, terminatedAt, deletedAt }: Instance): { deletion?: Deletion } {
  return launchedAt === null || deletedAt === null ? {} : { deletion: { launchedAt, terminatedAt, deletedAt } }
}

/** From the request to the termination on `host`; the row in nova's database still exists. */
function* terminate(operation: Operation, host: string, sender: Details): Steps {
  const { instance } = operation
  operation.setTask('deleting')
  yield operation.wait(0.03, 0.3)
  operation.notify('delete', 'start', sender)
  yield operation.wait(0.005, 0.03)
  if (instance.host !== null) {
    operation.notify('shutdown', 'start')
    yield operation.wait(0.5, 8)
    operation.notify('shutdown', 'end')
    yield operation.wait(0.02, 0.2)
  }
  instance.terminatedAt = operation.now()
  yield operation.wait(0.01, 0.06)
  instance.addresses = []
  operation.save({ state: 'deleted', task: null }, host)
}

/** Deletes an instance; the API itself deletes one that has no host. */
export function* remove(operation: Operation): Steps {
  const { instance, deployment } = operation
  const host = instance.host ?? deployment.controller
  const sender = instance.host === null ? apiSender(operation) : { host }
  yield* terminate(operation, host, sender)
  yield operation.wait(0.05, 0.7)
  // The row is marked deleted after the instance was terminated: the two times can differ by a second.
  instance.deletedAt = operation.now()
  yield operation.wait(0.01, 0.05)
  operation.notify('delete', 'end', { ...sender, ...deletionOf(instance) })
}

/**
 * nova-compute ends after the termination. When it starts again, it completes the delete: only the end, with a request
 * of its own.
 *
 * @param restart returns the request of the restarted nova-compute; called after the time it was down
 */
export function* removeInCrash(operation: Operation, restart: () => Request): Steps {
  const { instance, deployment } = operation
  const host = instance.host ?? deployment.controller
  yield* terminate(operation, host, { host })
  instance.unreachable = true
  yield operation.wait(20, 90)
  instance.unreachable = false
  instance.deletedAt = operation.now()
  yield operation.wait(0.01, 0.05)
  const details = { host, continues: operation.request, ...deletionOf(instance) }
  operation.emit(actionNotification(instance, restart(), 'delete', 'end', details))
}

/** The API alone deletes an instance that no host can delete: it sends only `force_delete`. */
export function* forceRemove(operation: Operation): Steps {
  const { instance, deployment } = operation
  const sender = apiSender(operation)
  operation.setTask('deleting')
  yield operation.wait(0.03, 0.3)
  operation.notify('forceDelete', 'start', sender)
  yield operation.wait(0.5, 2)
  instance.terminatedAt = operation.now()
  instance.addresses = []
  operation.save({ state: 'deleted', task: null }, deployment.controller)
  yield operation.wait(0.02, 0.7)
  instance.deletedAt = operation.now()
  yield operation.wait(0.01, 0.05)
  operation.notify('forceDelete', 'end', { ...sender, ...deletionOf(instance) })
}

/** Deletes an instance for the time being: the API sets `deleted_at`, and the host stops the instance. */
export function* softDelete(operation: Operation): Steps {
  const { instance, deployment } = operation
  const host = instance.host ?? deployment.controller
  instance.deletedAt = operation.now()
  operation.setTask('soft-deleting')
  yield operation.wait(0.03, 0.3)
  operation.notify('softDelete', 'start')
  yield operation.wait(0.5, 4)
  operation.save({ state: 'soft-delete', task: null }, host)
  yield operation.wait(0.01, 0.05)
  operation.notify('softDelete', 'end', deletionOf(instance))
}

/** Restores a soft-deleted instance with its old launch. */
export function* restore(operation: Operation): Steps {
  const { instance, deployment } = operation
  instance.deletedAt = null
  operation.setTask('restoring')
  yield operation.wait(0.03, 0.3)
  operation.notify('restore', 'start')
  yield operation.wait(0.5, 4)
  operation.save({ state: 'active', task: null }, instance.host ?? deployment.controller)
  yield operation.wait(0.01, 0.05)
  operation.notify('restore', 'end', { restored: true })
}
