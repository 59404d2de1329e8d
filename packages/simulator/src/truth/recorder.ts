import type { Format } from '../core/options.ts'
import { createImageRecorder } from './images.ts'
import { createInstanceRecorder } from './instances.ts'
import { createOperationRecorder } from './operations.ts'
import { createRequestRecorder } from './requests.ts'
import type { SentNotification } from './sentNotification.ts'
import type { ServiceTruth, Truth } from './truth.ts'

/** Records the ground truth of the notifications as they are sent. */
export type TruthRecorder = {
  record(sent: SentNotification): void
  /** Records that the message was sent again on another topic. */
  recordDuplicate(sent: SentNotification): void
  read(): Truth
}

type ServiceCounts = { notifications: number; messages: number; events: Set<string>; hosts: Set<string> }

function emptyCounts(): ServiceCounts {
  return { notifications: 0, messages: 0, events: new Set(), hosts: new Set() }
}

function serviceTruth(counts: ServiceCounts): ServiceTruth {
  return { ...counts, events: [...counts.events].sort(), hosts: [...counts.hosts].sort() }
}

/** Creates an empty recorder; with `keep` false it records nothing. */
export function createTruthRecorder(format: Format, deployments: readonly string[], keep: boolean): TruthRecorder {
  const instances = createInstanceRecorder(format === 'both')
  const requests = createRequestRecorder()
  const operations = createOperationRecorder()
  const images = createImageRecorder()
  const services = { nova: emptyCounts(), glance: emptyCounts() }
  return {
    record: (sent) => {
      if (!keep) return
      const service = services[sent.notification.exchange]
      service.notifications += 1
      service.messages += 1
      service.events.add(sent.rendering.storedEvent)
      service.hosts.add(sent.rendering.publisher.host)
      if (sent.notification.exchange === 'glance') images.record(sent)
      else {
        requests.record(sent, instances.record(sent))
        operations.record(sent)
      }
    },
    recordDuplicate: (sent) => {
      if (keep) services[sent.notification.exchange].messages += 1
    },
    read: () => ({
      format,
      deployments,
      services: { nova: serviceTruth(services.nova), glance: serviceTruth(services.glance) },
      instances: instances.read(),
      requests: requests.read(),
      operations: operations.read(),
      images: images.read(),
    }),
  }
}
