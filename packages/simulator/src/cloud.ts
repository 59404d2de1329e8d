import { audit } from './audit.ts'
import { createBook } from './book/book.ts'
import type { Notice } from './notice.ts'
import { existsNotice } from './notices/exists.ts'
import { type CloudOptions, completeOptions } from './options.ts'
import { createOutbox } from './outbox.ts'
import { createTimeQueue } from './queue.ts'
import { createRandom } from './random.ts'
import type { Scene, Story } from './stage.ts'
import type { Micros } from './time.ts'
import { traffic } from './traffic/traffic.ts'
import type { Truth } from './truth.ts'
import { createUsageFaults } from './usageFaults.ts'
import type { SimulatedMessage } from './wire.ts'
import { createDeployment } from './world/deployment.ts'
import { createPopulation } from './world/population.ts'
import { createOperators, createTenants } from './world/tenant.ts'

/** A cloud that works as its messages are read. */
export type SimulatedCloud = {
  /** In order of time. Read once: the cloud goes on where the reader is. */
  readonly messages: Iterable<SimulatedMessage>
  /** What is true of the messages that were read so far. */
  truth(): Truth
}

/** Does something after a while. */
function* later(wait: Micros, act: () => void): Story {
  yield wait
  act()
}

/** Simulates a cloud: no I/O, no clock; the same options give the same messages. Throws a RangeError on bad options. */
export function simulateCloud(options: CloudOptions = {}): SimulatedCloud {
  const settings = completeOptions(options)
  const random = createRandom(settings.seed)
  const worldRandom = random.fork('world')
  const book = createBook(settings.format, settings.deployments, settings.keepTruth)
  const tenants = createTenants(worldRandom)
  const usageFaults = createUsageFaults(settings.usageFaults, random.fork('usage faults'), tenants)
  const outbox = createOutbox(settings, random.fork('wire'), book, usageFaults.withholds)
  const stories = createTimeQueue<Story>()
  let now: Micros = settings.start
  let begun = 0
  // All but the audit, which must not keep a cloud alive in which nothing else happens.
  let running = 0

  const proceed = (story: Story): void => {
    const next = story.next()
    if (next.done === true) running -= 1
    else stories.push(now + next.value, story)
  }
  const begin = (story: Story): void => {
    running += 1
    proceed(story)
  }
  const slowRandom = random.fork('slow')
  const doublesRandom = random.fork('doubles')
  const emit = (notice: Notice): void => outbox.put(notice, now)
  const tell: Scene['tell'] = (instance, request, existence) => {
    const showing = usageFaults.show(instance, request, existence)
    const again = usageFaults.again(showing)
    const telling = (): Notice => existsNotice(instance, showing, request, existence)
    emit(telling())
    if (again !== null) begin(later(again, () => outbox.put(telling(), now, doublesRandom)))
  }
  const scene = (name: string): Scene => ({
    random: random.fork(name),
    auditPeriod: settings.auditPeriod,
    now: () => now,
    emit,
    tell,
    begin,
  })
  const populations = settings.deployments.map((name) =>
    createPopulation(createDeployment(name, settings.hosts, worldRandom.fork(name))),
  )
  const clients = {
    tenants,
    operators: createOperators(worldRandom),
    failures: settings.failures,
    storedTimes: settings.storedTimes,
    usageFaults,
    slow: () => slowRandom.chance(settings.slowRequests),
  }

  function* messages(): Generator<SimulatedMessage, void, void> {
    if (begun++ > 0) return
    let open = true
    begin(traffic(scene('traffic'), populations, clients, settings, () => (open = false)))
    const goesOn = (): boolean => open || running > 1
    begin(audit(scene('audit'), populations, settings.imageExists, goesOn))
    for (;;) {
      yield* outbox.take(stories.nextAt())
      now = stories.nextAt()
      const story = stories.pop()
      if (story === undefined) return
      proceed(story)
    }
  }

  return { messages: { [Symbol.iterator]: messages }, truth: () => book.read() }
}
