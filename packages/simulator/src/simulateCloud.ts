import { audit } from './traffic/audit.ts'
import { createTruthRecorder } from './truth/recorder.ts'
import type { Notification } from './notifications/notification.ts'
import { existsNotification } from './notifications/exists.ts'
import { type CloudOptions, completeOptions } from './core/options.ts'
import { createMessageQueue } from './output/messageQueue.ts'
import { createTimeQueue } from './core/timeQueue.ts'
import { createRandom } from './core/random.ts'
import type { Simulation, Steps } from './operations/operation.ts'
import type { Micros } from './core/time.ts'
import { traffic } from './traffic/traffic.ts'
import type { Truth } from './truth/truth.ts'
import { createUsageFaults } from './traffic/usageFaults.ts'
import type { SimulatedMessage } from './output/message.ts'
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
function* later(wait: Micros, act: () => void): Steps {
  yield wait
  act()
}

/** Simulates a cloud: no I/O, no clock; the same options give the same messages. Throws a RangeError on bad options. */
export function simulateCloud(options: CloudOptions = {}): SimulatedCloud {
  const settings = completeOptions(options)
  const random = createRandom(settings.seed)
  const worldRandom = random.fork('world')
  const book = createTruthRecorder(settings.format, settings.deployments, settings.keepTruth)
  const tenants = createTenants(worldRandom)
  const usageFaults = createUsageFaults(settings.usageFaults, random.fork('usage faults'), tenants)
  const outbox = createMessageQueue(settings, random.fork('wire'), book, usageFaults.withholds)
  const stories = createTimeQueue<Steps>()
  let now: Micros = settings.start
  let begun = 0
  // All but the audit, which must not keep a cloud alive in which nothing else happens.
  let running = 0

  const proceed = (steps: Steps): void => {
    const next = steps.next()
    if (next.done === true) running -= 1
    else stories.push(now + next.value, steps)
  }
  const begin = (steps: Steps): void => {
    running += 1
    proceed(steps)
  }
  const slowRandom = random.fork('slow')
  const doublesRandom = random.fork('doubles')
  const emit = (notice: Notification): void => outbox.put(notice, now)
  const emitExistsOf: Simulation['emitExistsOf'] = (instance, request, existence) => {
    const showing = usageFaults.show(instance, request, existence)
    const again = usageFaults.again(showing)
    const telling = (): Notification => existsNotification(instance, showing, request, existence)
    emit(telling())
    if (again !== null) begin(later(again, () => outbox.put(telling(), now, doublesRandom)))
  }
  const simulation = (name: string): Simulation => ({
    random: random.fork(name),
    auditPeriod: settings.auditPeriod,
    now: () => now,
    emit,
    emitExistsOf,
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
    begin(traffic(simulation('traffic'), populations, clients, settings, () => (open = false)))
    const goesOn = (): boolean => open || running > 1
    begin(audit(simulation('audit'), populations, settings.imageExists, goesOn))
    for (;;) {
      yield* outbox.take(stories.nextAt())
      now = stories.nextAt()
      const steps = stories.pop()
      if (steps === undefined) return
      proceed(steps)
    }
  }

  return { messages: { [Symbol.iterator]: messages }, truth: () => book.read() }
}
