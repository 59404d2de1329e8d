import { parser } from '@prometheus-io/lezer-promql'

export interface Names {
  metrics: Set<string>
  labels: Set<string>
}

/**
 * The names in a PromQL expression.
 *
 * @throws Error when it is none
 */
export function namesIn(expression: string): Names {
  const names: Names = { metrics: new Set(), labels: new Set() }
  parser.parse(expression).iterate({
    enter({ type, from, to, node }) {
      if (type.isError) throw new Error(`no PromQL at ${from}: ${expression}`)
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

/** What a process exposes: the type of each metric, and every sample. */
export interface Exposition {
  types: Map<string, string>
  samples: Sample[]
}

export function parseExposition(text: string): Exposition {
  const types = new Map<string, string>()
  const samples: Sample[] = []
  for (const line of text.split('\n')) {
    const [, typed, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? []
    if (typed !== undefined && type !== undefined) types.set(typed, type)
    const [, name, labels = '', value] = /^([a-z]\w*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
    if (name === undefined) continue
    const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key = '', text = '']) => [key, text])
    samples.push({ name, labels: Object.fromEntries(pairs), value: Number(value) })
  }
  return { types, samples }
}

/** The metric that a name in an expression stands for: of a histogram its buckets, sum and count have names of their own. */
export function metricOf(types: ReadonlyMap<string, string>, name: string): string | undefined {
  if (types.has(name)) return types.get(name) === 'histogram' ? undefined : name
  const base = name.replace(/_(?:bucket|sum|count)$/, '')
  return types.get(base) === 'histogram' ? base : undefined
}
