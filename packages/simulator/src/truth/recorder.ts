import type { Format } from '../core/options.ts'
import type { ServiceTruth, Truth } from './truth.ts'
import { createImageRecorder } from './images.ts'
import { createInstanceRecorder } from './instances.ts'
import { createOperationRecorder } from './operations.ts'
import { createRequestRecorder } from './requests.ts'
import type { SentNotification } from './sentNotification.ts'

/** Where the truth is written down, message by message as they leave. */
export type TruthRecorder = {
  record(sent: SentNotification): void
  /** The message went out once more on another topic. */
  recordDuplicate(sent: SentNotification): void
  read(): Truth
}

type Tally = { notifications: number; messages: number; events: Set<string>; hosts: Set<string> }

function tallyTruth(tally: Tally): ServiceTruth {
  return { ...tally, events: [...tally.events].sort(), hosts: [...tally.hosts].sort() }
}

/** An empty book; with `keep` false it stays empty. */
export function createTruthRecorder(format: Format, deployments: readonly string[], keep: boolean): TruthRecorder {
  const instances = createInstanceRecorder(format === 'both')
  const requests = createRequestRecorder()
  const operations = createOperationRecorder()
  const images = createImageRecorder()
  const tally = (): Tally => ({ notifications: 0, messages: 0, events: new Set(), hosts: new Set() })
  const services = { nova: tally(), glance: tally() }
  return {
    record: (sent) => {
      if (!keep) return
      const service = services[sent.notice.exchange]
      service.notifications += 1
      service.messages += 1
      service.events.add(sent.rendering.known)
      service.hosts.add(sent.rendering.publisher.host)
      if (sent.notice.exchange === 'glance') images.record(sent)
      else {
        requests.record(sent, instances.record(sent))
        operations.record(sent)
      }
    },
    recordDuplicate: (sent) => {
      if (keep) services[sent.notice.exchange].messages += 1
    },
    read: () => ({
      format,
      deployments,
      services: { nova: tallyTruth(services.nova), glance: tallyTruth(services.glance) },
      instances: instances.read(),
      requests: requests.read(),
      operations: operations.read(),
      images: images.read(),
    }),
  }
}
