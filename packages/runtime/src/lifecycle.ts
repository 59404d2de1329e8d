import type { Logger } from './logger.ts'
import { settleWithin } from './withTimeout.ts'

/** A running part of a process: the value for other components, and how it stops. Only the Composition stops it. */
export interface Component<T> {
  value: T
  stop(): Promise<void>
}

interface Step {
  name: string
  start(values: Record<string, unknown>): Promise<Component<unknown>>
}

/** Time that a starting component has to finish after the first signal. */
const START_GRACE_MS = 2_000

/** Time after which a process that is stopping exits anyway; below the ten seconds that Docker allows. */
const STOP_TIMEOUT_MS = 9_000

/**
 * A process as a list of components, started in order and stopped in reverse order.
 *
 * SIGTERM or SIGINT stops them; a second signal exits immediately, and the broker redelivers unacknowledged messages.
 */
export class Composition<Values extends object> {
  readonly #steps: readonly Step[]

  private constructor(steps: readonly Step[]) {
    this.#steps = steps
  }

  static empty(): Composition<Record<never, never>> {
    return new Composition([])
  }

  /** Returns a composition with one more component; `start` receives the values of the components before it. */
  add<Name extends string, T>(
    name: Name,
    start: (values: Values) => Promise<Component<T>>,
  ): Composition<Values & Record<Name, T>> {
    const step: Step = { name, start: (values) => start(values as Values) }
    return new Composition([...this.#steps, step])
  }

  /**
   * Starts all components, runs until a signal arrives, and resolves when all components have stopped.
   *
   * @throws the error of a component that fails to start, after stopping the components before it
   */
  async run(logger: Logger): Promise<void> {
    const signals = listenToSignals(logger)
    const started: { name: string; component: Component<unknown> }[] = []
    const values: Record<string, unknown> = {}
    try {
      for (const { name, start } of this.#steps) {
        const starting = start(values)
        // A component that hangs while it starts must not block the stop.
        const timeout = signals.first.then(() => settleWithin(starting, START_GRACE_MS)).then(() => null)
        const component = await Promise.race([starting, timeout])
        if (component === null) return
        values[name] = component.value
        started.push({ name, component })
        if (signals.received()) return
      }
      logger.info('started')
      logger.info({ signal: await signals.first }, 'stopping')
    } finally {
      const deadline = setTimeout(() => {
        logger.error('did not stop in time')
        process.exit(1)
      }, STOP_TIMEOUT_MS)
      for (const { name, component } of started.reverse()) {
        try {
          await component.stop()
        } catch (err) {
          logger.error({ err, component: name }, 'did not stop cleanly')
        }
      }
      clearTimeout(deadline)
      signals.remove()
      logger.info('stopped')
    }
  }
}

/** Signals within this time count as one: Ctrl-C arrives twice, from the terminal and from npm. */
const SAME_SIGNAL_MS = 500

/** `first` resolves with the first SIGTERM or SIGINT; a second one exits immediately. */
function listenToSignals(logger: Logger): { first: Promise<NodeJS.Signals>; received(): boolean; remove(): void } {
  let listener: (signal: NodeJS.Signals) => void = () => {}
  let receivedAt: number | undefined
  const first = new Promise<NodeJS.Signals>((resolve) => {
    listener = (signal) => {
      if (receivedAt !== undefined) {
        if (performance.now() - receivedAt < SAME_SIGNAL_MS) return
        logger.warn({ signal }, 'second signal: exiting immediately')
        process.exit(1)
      }
      receivedAt = performance.now()
      resolve(signal)
    }
  })
  const signals = ['SIGTERM', 'SIGINT'] as const
  for (const signal of signals) process.on(signal, listener)
  return {
    first,
    received: () => receivedAt !== undefined,
    remove() {
      for (const signal of signals) process.off(signal, listener)
    },
  }
}
