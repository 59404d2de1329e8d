import { selectDestinationsNotification } from '../notifications/scheduling.ts'
import { otherHost } from '../world/deployment.ts'
import type { Operation, Steps } from './operation.ts'

/** An administrator moves a running instance, which does not launch it again. */
export function* liveMigrate(operation: Operation): Steps {
  const { instance, deployment, request } = operation
  const source = instance.host ?? deployment.controller
  const target = otherHost(deployment, source, operation.random)
  operation.setTask('migrating')
  yield operation.wait(0.05, 0.3)
  const spec = { instance, flavor: instance.flavor, count: 1, request, kind: 'move' } as const
  operation.emit(selectDestinationsNotification(spec, 'start'))
  yield operation.wait(0.03, 0.2)
  operation.emit(selectDestinationsNotification(spec, 'end'))
  yield operation.wait(0.1, 0.5)
  operation.notify('liveMigrationPre', 'start', { host: target })
  yield operation.wait(0.5, 3)
  operation.notify('liveMigrationPre', 'end', { host: target })
  yield operation.wait(5, 60)
  operation.notify('liveMigrationPost', 'start', { host: source })
  yield operation.wait(0.03, 0.3)
  operation.notify('liveMigrationPostDest', 'start', { host: target })
  yield operation.wait(0.2, 2)
  instance.host = target
  operation.save({ task: null }, target)
  yield operation.wait(0.01, 0.05)
  operation.notify('liveMigrationPostDest', 'end', { host: target })
  yield operation.wait(0.05, 0.5)
  operation.notify('liveMigrationPost', 'end', { host: source })
}
