import type { Logger } from './logger.ts'

/** Something that runs: the value others use, and how it stops. Nobody who uses the value can stop it. */
export interface Component<T> {
  value: T
  stop(): Promise<void>
}

interface Step {
  name: string
  start(values: Record<string, unknown>): Promise<Component<unknown>>
}

/** Milliseconds that a component which is starting has left once the process is asked to stop. */
const START_GRACE = 2_000

/** Milliseconds that an orderly stop may take before the process ends anyway. */
const STOP_DEADLINE = 9_000

/**
 * A process as a list of components, started in order and stopped in reverse.
 *
 * SIGTERM or SIGINT stops it in order; a second signal ends it at once, and what was in hand is delivered again.
 */
export class Composition<Values extends object> {
  readonly #steps: readonly Step[]

  private constructor(steps: readonly Step[]) {
    this.#steps = steps
  }

  static empty(): Composition<Record<never, never>> {
    return new Composition([])
  }

  add<Name extends string, T>(
    name: Name,
    start: (values: Values) => Promise<Component<T>>,
  ): Composition<Values & Record<Name, T>> {
    const step: Step = { name, start: (values) => start(values as Values) }
    return new Composition([...this.#steps, step])
  }

  /** Runs until a signal comes, then resolves once all is stopped. Rejects when a component does not start. */
  async run(logger: Logger): Promise<void> {
    const signals = listenToSignals(logger)
    const started: { name: string; component: Component<unknown> }[] = []
    const values: Record<string, unknown> = {}
    try {
      for (const { name, start } of this.#steps) {
        // One that hangs must not keep a process from stopping.
        const component = await Promise.race([start(values), signals.first.then(() => after(START_GRACE, null))])
        if (component === null) return
        values[name] = component.value
        started.push({ name, component })
        if (signals.seen()) return
      }
      logger.info('started')
      logger.info({ signal: await signals.first }, 'stopping')
    } finally {
      const deadline = setTimeout(() => {
        logger.error('did not stop in time')
        process.exit(1)
      }, STOP_DEADLINE)
      for (const { name, component } of started.reverse()) {
        try {
          await component.stop()
        } catch (err) {
          logger.error({ err, component: name }, 'did not stop cleanly')
        }
      }
      clearTimeout(deadline)
      signals.forget()
      logger.info('stopped')
    }
  }
}

/** Milliseconds in which signals are one: of a Ctrl-C the terminal tells this process, and npm, whom it tells too, once more. */
const SAME_SIGNAL = 500

/** `first` resolves with the first signal that asks this process to stop; a second one ends it at once. */
function listenToSignals(logger: Logger): { first: Promise<NodeJS.Signals>; seen(): boolean; forget(): void } {
  let listener: (signal: NodeJS.Signals) => void = () => {}
  let seen = false
  let seenAt = 0
  const first = new Promise<NodeJS.Signals>((resolve) => {
    listener = (signal) => {
      if (seen && performance.now() - seenAt < SAME_SIGNAL) return
      if (seen) {
        logger.warn({ signal }, 'ended at once')
        process.exit(1)
      }
      seen = true
      seenAt = performance.now()
      resolve(signal)
    }
  })
  const signals = ['SIGTERM', 'SIGINT'] as const
  for (const signal of signals) process.on(signal, listener)
  return {
    first,
    seen: () => seen,
    forget() {
      for (const signal of signals) process.off(signal, listener)
    },
  }
}

function after<T>(milliseconds: number, value: T): Promise<T> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds, value))
}
