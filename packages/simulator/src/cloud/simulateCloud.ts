import { type CloudOptions, completeOptions, type Settings, simulatedSpan } from '../core/options.ts'
import { createRandom } from '../core/random.ts'
import type { Situation } from '../core/situations.ts'
import type { Micros } from '../core/time.ts'
import { existsNotification } from '../notifications/exists.ts'
import type { Simulation, Steps } from '../operations/operation.ts'
import type { SimulatedMessage } from '../output/message.ts'
import { createMessageQueue, type MessageQueue } from '../output/messageQueue.ts'
import { audit } from '../traffic/audit.ts'
import { situationTraffic } from '../traffic/situations.ts'
import { traffic } from '../traffic/traffic.ts'
import { createUsageFaults, type UsageFaults } from '../traffic/usageFaults.ts'
import { createTruthRecorder } from '../truth/recorder.ts'
import type { Truth } from '../truth/truth.ts'
import { createDeployment } from '../world/deployment.ts'
import { createPopulation } from '../world/population.ts'
import { createOperators, createTenants } from '../world/tenant.ts'
import { createScheduler, type Scheduler } from './scheduler.ts'

/** A cloud that runs as far as its messages are read. */
export type SimulatedCloud = {
  /** In order of time. Iterable once. */
  readonly messages: Iterable<SimulatedMessage>
  /** The exchanges of the messages. */
  readonly exchanges: readonly string[]
  /** The ground truth about the messages that were read so far. */
  truth(): Truth
}

function* delayed(delay: Micros, act: () => void): Steps {
  yield delay
  act()
}

/** Creates the functions of a simulation that all of its parts share. */
function createEmitters(scheduler: Scheduler, queue: MessageQueue, usageFaults: UsageFaults, settings: Settings) {
  // The name of the fork decides the numbers, and so the messages of a seed.
  const duplicatesRandom = createRandom(settings.seed).fork('doubles')
  const emitExistsOf: Simulation['emitExistsOf'] = (instance, request, details) => {
    const view = usageFaults.existsView(instance, request, details)
    const delay = usageFaults.repeatDelay(view)
    const create = () => existsNotification(instance, view, request, details)
    queue.enqueue(create(), scheduler.now())
    if (delay === null) return
    scheduler.start(delayed(delay, () => queue.enqueue(create(), scheduler.now(), duplicatesRandom)))
  }
  return {
    auditPeriod: settings.auditPeriod,
    now: scheduler.now,
    start: scheduler.start,
    emit: (notification) => queue.enqueue(notification, scheduler.now()),
    emitExistsOf,
  } satisfies Omit<Simulation, 'random'>
}

/**
 * Simulates a cloud without I/O or clock: the same options give the same messages. Throws a RangeError on bad options.
 */
export function simulateCloud(options: CloudOptions = {}): SimulatedCloud {
  const settings = completeOptions(options)
  const random = createRandom(settings.seed)
  const worldRandom = random.fork('world')
  const slowRandom = random.fork('slow')
  const has = (situation: Situation): boolean => settings.situations.includes(situation)
  const end = settings.start + simulatedSpan(settings)
  const tenants = createTenants(worldRandom, has('dashed-projects'))
  const usageFaults = createUsageFaults(settings.usageFaults, random.fork('usage faults'), tenants)
  const recorder = createTruthRecorder(settings.format, settings.deployments, settings.keepTruth)
  const switchAt = has('format-switch') ? (settings.start + end) / 2 : Number.POSITIVE_INFINITY
  const queue = createMessageQueue({ ...settings, switchAt }, random.fork('wire'), recorder, usageFaults.suppresses)
  const scheduler = createScheduler(settings.start)
  const emitters = createEmitters(scheduler, queue, usageFaults, settings)
  const createSimulation = (name: string): Simulation => ({ ...emitters, random: random.fork(name) })
  const populations = settings.deployments.map((name, i) => {
    const language = has('translated-messages') ? i : null
    return createPopulation(createDeployment(name, settings.hosts, language, worldRandom.fork(name)))
  })
  const operators = createOperators(worldRandom)
  const context = {
    tenants,
    operators,
    failures: settings.failures,
    storedTimes: settings.storedTimes,
    usageFaults,
    slow: () => slowRandom.chance(settings.slowRequests),
  }
  let started = false

  function* messages(): Generator<SimulatedMessage, void, void> {
    if (started) return
    started = true
    let open = true
    scheduler.start(traffic(createSimulation('traffic'), populations, context, settings, () => (open = false)))
    if (settings.situations.length > 0) {
      const simulation = createSimulation('situations')
      const scenes = populations.map((population) => {
        return { simulation, population, tenants, operators, storedTimes: settings.storedTimes }
      })
      scheduler.start(situationTraffic(simulation, scenes, settings.situations, end))
    }
    // The audit itself must not keep the cloud running.
    const isActive = (): boolean => open || scheduler.running() > 1
    scheduler.start(audit(createSimulation('audit'), populations, settings.imageExists, isActive))
    do yield* queue.dequeueUntil(scheduler.nextAt())
    while (scheduler.step())
  }

  return {
    messages: { [Symbol.iterator]: messages },
    exchanges: settings.controlExchange === null ? ['nova', 'glance'] : [settings.controlExchange],
    truth: () => recorder.read(),
  }
}
