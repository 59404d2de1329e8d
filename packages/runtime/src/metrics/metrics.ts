import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { CachedCollector, type Sample } from './cachedCollector.ts'

/**
 * All labels. Each has few values: constants of the program, names from the deployments file, or names of events. An
 * instance, a tenant or a request is never a label. `job` and `instance` are reserved for Prometheus.
 */
export type Label =
  | 'deployment'
  | 'broker'
  | 'event'
  | 'operation'
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

/** Name, help text and labels of a metric. docs/metrics.md lists all metrics; a test checks their names there. */
export interface Description<L extends Label> {
  /** Without the prefix. */
  name: string
  help: string
  labels?: readonly L[]
}

const PREFIX = 'stacktach_'

/** The metrics of one process, with a registry of its own. Names get the prefix `stacktach_`. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #failures: Counter<'collection'>

  constructor() {
    collectDefaultMetrics({ register: this.#registry })
    this.#failures = this.counter({
      name: 'collection_failures_total',
      help: 'Failed metric collections.',
      labels: ['collection'],
    })
  }

  /** @param collect updates the counter before each scrape; for events too frequent to count one by one */
  counter<L extends Label>(description: Description<L>, collect?: (counter: Counter<L>) => void): Counter<L> {
    return new Counter({ ...this.#configuration(description), ...beforeScrape(collect) })
  }

  /** @param value read at each scrape; without it the caller sets the gauge */
  gauge<L extends Label>(description: Description<L>, value?: () => number): Gauge<L> {
    return new Gauge({
      ...this.#configuration(description),
      ...beforeScrape<Gauge<L>>(value && ((gauge) => gauge.set(value()))),
    })
  }

  /** @param buckets upper bounds, in the unit of the name */
  histogram<L extends Label>(description: Description<L>, buckets: readonly number[]): Histogram<L> {
    return new Histogram({ ...this.#configuration(description), buckets: [...buckets] })
  }

  /**
   * Adds gauges whose values need a query to a server. CachedCollector limits how often the query runs. After a failure the
   * gauges have no values rather than old ones.
   *
   * @param collection value of the label `collection` of `stacktach_collection_failures_total`
   */
  collector<G extends string, L extends Label>(
    collection: string,
    gauges: Record<G, Description<L>>,
    collect: () => Promise<Sample<G, L>[]>,
  ): void {
    const failures = this.#failures
    failures.inc({ collection }, 0)
    const collector = new CachedCollector(collect, () => failures.inc({ collection }))
    for (const key in gauges) {
      const { labels = [] } = gauges[key]
      new Gauge({
        ...this.#configuration(gauges[key]),
        async collect() {
          const samples = (await collector.read()).filter(({ gauge }) => gauge === key)
          this.reset()
          // reset() sets a gauge without labels to 0.
          if (labels.length === 0) this.remove()
          for (const { labels, value } of samples) this.set({ ...labels }, value)
        },
      })
    }
  }

  /** All metrics in Prometheus's text format. */
  async text(): Promise<{ contentType: string; body: string }> {
    return { contentType: this.#registry.contentType, body: await this.#registry.metrics() }
  }

  #configuration<L extends Label>({ name, help, labels = [] }: Description<L>) {
    return { name: PREFIX + name, help, labelNames: [...labels], registers: [this.#registry] }
  }
}

/** The option of prom-client that updates a metric before each scrape. */
function beforeScrape<M>(update: ((metric: M) => void) | undefined): { collect?(this: M): void } {
  if (update === undefined) return {}
  return {
    collect() {
      update(this)
    },
  }
}
