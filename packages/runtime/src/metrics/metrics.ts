import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { CachedCollector, type Sample } from './reader.ts'

/**
 * Every label there is. The values of each are few and known beforehand: constants of the program, or what the deployments
 * file holds. An instance, a tenant or a request is never one. `job` and `instance` are Prometheus's own.
 */
export type Label =
  | 'deployment'
  | 'exchange'
  | 'service'
  | 'reason'
  | 'queue'
  | 'job_name'
  | 'outcome'
  | 'state'
  | 'status'
  | 'kind'
  | 'endpoint'
  | 'collection'

/** What a metric is called, and what it says, in a sentence. */
export interface Description<L extends Label> {
  /** Without the prefix. */
  name: string
  help: string
  labels?: readonly L[]
}

const PREFIX = 'stacktach_'

/** What the last word of a histogram's or a gauge's name may be, besides the plain number of something. */
const foreignUnits = /_(?:ms|milliseconds|us|microseconds|minutes|hours|days|kb|mb|kilobytes|megabytes|percent)(?:_|$)/

/**
 * The metrics of one process. Names are checked when they are defined: lower case, base units, and `_total` at the end of what
 * only grows, as Prometheus has it.
 */
export class Metrics {
  readonly #registry = new Registry()
  readonly #failures: Counter<'collection'>

  constructor() {
    collectDefaultMetrics({ register: this.#registry })
    this.#failures = this.counter({
      name: 'collection_failures_total',
      help: 'Times that numbers which are asked for when the metrics are read could not be had.',
      labels: ['collection'],
    })
  }

  /** @param collect brings it up to date before it is read: what happens thousands of times a second is best added up outside */
  counter<L extends Label>(
    { name, help, labels = [] }: Description<L>,
    collect?: (counter: Counter<L>) => void,
  ): Counter<L> {
    return new Counter({
      name: checked(name, 'counter'),
      help,
      labelNames: [...labels],
      registers: [this.#registry],
      ...whenRead(collect),
    })
  }

  gauge<L extends Label>({ name, help, labels = [] }: Description<L>, value?: () => number): Gauge<L> {
    return new Gauge({
      name: checked(name, 'gauge'),
      help,
      labelNames: [...labels],
      registers: [this.#registry],
      ...whenRead<Gauge<L>>(value && ((gauge) => gauge.set(value()))),
    })
  }

  histogram<L extends Label>({ name, help, labels = [] }: Description<L>, buckets: readonly number[]): Histogram<L> {
    const registers = [this.#registry]
    return new Histogram({
      name: checked(name, 'histogram'),
      help,
      labelNames: [...labels],
      buckets: [...buckets],
      registers,
    })
  }

  /**
   * Gauges that cost a question to a server. It is asked when the metrics are read, and seldom: see `Reader`. While it cannot
   * be answered there are no values, rather than old ones.
   */
  collector<G extends string, L extends Label>(
    collection: string,
    gauges: Record<G, Description<L>>,
    ask: () => Promise<Sample<G, L>[]>,
  ): void {
    const failures = this.#failures
    failures.inc({ collection }, 0)
    const reader = new CachedCollector(ask, () => failures.inc({ collection }))
    for (const key in gauges) {
      const { name, help, labels = [] } = gauges[key]
      new Gauge({
        name: checked(name, 'gauge'),
        help,
        labelNames: [...labels],
        registers: [this.#registry],
        async collect() {
          const readings = (await reader.read()).filter(({ gauge }) => gauge === key)
          this.reset()
          // Without labels a gauge that was reset says 0.
          if (labels.length === 0) this.remove()
          for (const { labels, value } of readings) this.set({ ...labels }, value)
        },
      })
    }
  }

  /** All of them in Prometheus's text format. */
  async text(): Promise<{ contentType: string; body: string }> {
    return { contentType: this.#registry.contentType, body: await this.#registry.metrics() }
  }
}

/** What has prom-client bring a metric up to date whenever it is read. */
function whenRead<M>(update: ((metric: M) => void) | undefined): { collect?(this: M): void } {
  if (update === undefined) return {}
  return {
    collect() {
      update(this)
    },
  }
}

function checked(name: string, type: 'counter' | 'gauge' | 'histogram'): string {
  const faults = [
    ...(/^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/.test(name) ? [] : ['it is not in lower case']),
    ...(name.startsWith(PREFIX) ? [`it has the prefix already`] : []),
    ...(name.endsWith('_total') === (type === 'counter') ? [] : ['_total ends the name of a counter, and of no other']),
    ...(/_(?:bucket|count|sum)$/.test(name) ? ['its end is one of a histogram’s own'] : []),
    ...(foreignUnits.test(name) ? ['its unit is no base unit'] : []),
    ...(type === 'histogram' && !/_(?:seconds|bytes|messages)$/.test(name) ? ['its unit is missing'] : []),
  ]
  if (faults.length > 0) throw new Error(`${type} ${name}: ${faults.join('; ')}`)
  return PREFIX + name
}
