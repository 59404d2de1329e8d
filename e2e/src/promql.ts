import { parser } from '@prometheus-io/lezer-promql'

export interface Names {
  metrics: Set<string>
  labels: Set<string>
}

/**
 * The names in a PromQL expression.
 *
 * @throws Error when the expression is not PromQL
 */
export function namesIn(expression: string): Names {
  const names: Names = { metrics: new Set(), labels: new Set() }
  parser.parse(expression).iterate({
    enter({ type, from, to, node }) {
      if (type.isError) throw new Error(`not PromQL at ${from}: ${expression}`)
      const text = expression.slice(from, to)
      if (type.name === 'Identifier' && node.parent?.type.name === 'VectorSelector') names.metrics.add(text)
      if (type.name === 'LabelName') names.labels.add(text)
    },
  })
  return names
}

/** One line of Prometheus's text format. */
export interface Sample {
  name: string
  labels: Record<string, string>
  value: number
}

/** The metrics of a process: the type of each, and all samples. */
export interface Exposition {
  types: Map<string, string>
  samples: Sample[]
}

/** Parses Prometheus's text format. */
export function parseExposition(text: string): Exposition {
  const types = new Map<string, string>()
  const samples: Sample[] = []
  for (const line of text.split('\n')) {
    const [, metric, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? []
    if (metric !== undefined && type !== undefined) types.set(metric, type)
    const [, name, labels = '', value] = /^([a-z]\w*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
    if (name === undefined) continue
    const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key = '', text = '']) => [key, text])
    samples.push({ name, labels: Object.fromEntries(pairs), value: Number(value) })
  }
  return { types, samples }
}

/** The metric that a name in an expression belongs to: the buckets, sum and count of a histogram have their own names. */
export function metricOf(types: ReadonlyMap<string, string>, name: string): string | undefined {
  if (types.has(name)) return types.get(name) === 'histogram' ? undefined : name
  const base = name.replace(/_(?:bucket|sum|count)$/, '')
  return types.get(base) === 'histogram' ? base : undefined
}
