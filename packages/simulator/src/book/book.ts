import type { Format } from '../options.ts'
import type { ServiceTruth, Truth } from '../truth.ts'
import { createImageBook } from './images.ts'
import { createInstanceBook } from './instances.ts'
import { createOperationBook } from './operations.ts'
import { createRequestBook } from './requests.ts'
import type { Sent } from './sent.ts'

/** Where the truth is written down, message by message as they leave. */
export type Book = {
  record(sent: Sent): void
  /** The message went out once more on another topic. */
  recordDuplicate(sent: Sent): void
  read(): Truth
}

type Tally = { notifications: number; messages: number; events: Set<string>; hosts: Set<string> }

function tallyTruth(tally: Tally): ServiceTruth {
  return { ...tally, events: [...tally.events].sort(), hosts: [...tally.hosts].sort() }
}

/** An empty book; with `keep` false it stays empty. */
export function createBook(format: Format, deployments: readonly string[], keep: boolean): Book {
  const instances = createInstanceBook(format === 'both')
  const requests = createRequestBook()
  const operations = createOperationBook()
  const images = createImageBook()
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
