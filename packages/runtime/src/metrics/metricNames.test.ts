import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'

const PREFIX = 'stacktach_'

/** Units that are not Prometheus's base units. */
const otherUnits = /_(?:ms|milliseconds|us|microseconds|minutes|hours|days|kb|mb|kilobytes|megabytes|percent)(?:_|$)/

/** The faults of a metric's name, by Prometheus's naming conventions. */
function faultsOf(type: string, fullName: string): string[] {
  if (!fullName.startsWith(PREFIX)) return ['the prefix is missing']
  const name = fullName.slice(PREFIX.length)
  return [
    ...(/^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/.test(name) ? [] : ['not in lower case']),
    ...(name.startsWith(PREFIX) ? ['the prefix is repeated'] : []),
    ...(name.endsWith('_total') === (type === 'counter') ? [] : ['_total is for all counters, and for counters only']),
    ...(/_(?:bucket|count|sum)$/.test(name) ? ['the suffix is reserved for histograms'] : []),
    ...(otherUnits.test(name) ? ['not a base unit'] : []),
    ...(type === 'histogram' && !/_(?:seconds|bytes|messages)$/.test(name) ? ['the unit is missing'] : []),
  ]
}

/** docs/metrics.md lists all metrics: e2e/src/metricNames.test.ts compares it with the metrics of all processes. */
const document = readFileSync(new URL('../../../../docs/metrics.md', import.meta.url), 'utf8')
const metrics = [...document.matchAll(/^\| `(stacktach_\w+)` \| (\w+) \|/gm)].map(([, name = '', type = '']) => ({
  name,
  type,
}))

test('all metrics follow the naming conventions', () => {
  expect(metrics.length).toBeGreaterThan(25)
  expect(metrics.flatMap(({ type, name }) => faultsOf(type, name).map((fault) => `${name}: ${fault}`))).toEqual([])
})

describe('a name is rejected', () => {
  test.each([
    ['counter', 'messages', '_total'],
    ['counter', 'messages_count', '_total'],
    ['gauge', 'queue_total', '_total'],
    ['gauge', 'queueDepth', 'lower case'],
    ['gauge', 'queue__depth', 'lower case'],
    ['gauge', 'stacktach_depth', 'prefix'],
    ['gauge', 'oldest_age_milliseconds', 'base unit'],
    ['gauge', 'heap_mb', 'base unit'],
    ['gauge', 'batch_sum', 'histogram'],
    ['histogram', 'duration_ms', 'base unit'],
    ['histogram', 'duration', 'unit is missing'],
  ])('%s %s', (type, name, fault) => {
    expect(faultsOf(type, PREFIX + name)).toContainEqual(expect.stringContaining(fault))
  })
})
