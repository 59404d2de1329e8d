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
    const signal = firstSignal(logger)
    const started: { name: string; stop(): Promise<void> }[] = []
    const values: Record<string, unknown> = {}
    try {
      for (const { name, start } of this.#steps) {
        const component = await start(values)
        values[name] = component.value
        started.push({ name, stop: component.stop })
      }
      logger.info('started')
      logger.info({ signal: await signal }, 'stopping')
    } finally {
      const deadline = setTimeout(() => {
        logger.error('did not stop in time')
        process.exit(1)
      }, STOP_DEADLINE)
      for (const { name, stop } of started.reverse()) {
        await stop().catch((error: unknown) => logger.error({ err: error, component: name }, 'did not stop cleanly'))
      }
      clearTimeout(deadline)
      logger.info('stopped')
    }
  }
}

/** The first signal that asks this process to stop; the second one ends it. */
function firstSignal(logger: Logger): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let seen = false
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (seen) {
          logger.warn({ signal }, 'ended at once')
          process.exit(1)
        }
        seen = true
        resolve(signal)
      })
    }
  })
}
