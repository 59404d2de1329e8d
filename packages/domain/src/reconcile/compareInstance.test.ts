import { describe, expect, test } from '@jest/globals'
import { type Instant, MINUTE } from '../time/instant.ts'
import {
  type Comparison,
  compareInstance,
  type Difference,
  type NovaServer,
  onlyHere,
  type StoredInstance,
} from './compareInstance.ts'

const NOW: Instant = Date.UTC(2026, 10, 27, 12) * 1000
const LONG_AGO = NOW - 90 * MINUTE
const JUST_NOW = NOW - 2 * MINUTE

const names = new Map([
  [1, 'east-1'],
  [2, 'east-2'],
  [3, 'west'],
])
const comparison: Comparison = {
  requestedAt: NOW,
  tolerance: 10 * MINUTE,
  deployments: new Map([...names].filter(([id]) => id !== 3)),
  names,
}

const server: NovaServer = {
  id: 'i',
  tenant: 't',
  host: 'compute-1',
  flavor: '2',
  state: 'active',
  taskState: null,
  created: LONG_AGO,
  updated: LONG_AGO,
  launchedAt: LONG_AGO,
}
const stored: StoredInstance = {
  instance: 'i',
  tenant: 't',
  host: 'compute-1',
  flavor: '2',
  state: 'active',
  launchedAt: LONG_AGO,
  deletedAt: null,
  lastWhen: LONG_AGO,
  deploymentId: 1,
}

/** The differences as lines. */
const lines = (differences: readonly Difference[]) =>
  differences.map(({ kind, reason, recent }) => `${kind}${recent ? ' (recent)' : ''}: ${reason}`)

const compare = (changedServer: Partial<NovaServer>, changedStored: Partial<StoredInstance> | null) =>
  lines(
    compareInstance(
      { ...server, ...changedServer },
      changedStored === null ? null : { ...stored, ...changedStored },
      comparison,
    ),
  )

test('an instance that is the same on both sides has no difference, in any compared deployment', () => {
  expect(compare({}, {})).toEqual([])
  expect(compare({}, { deploymentId: 2 })).toEqual([])
})

describe('only in nova', () => {
  test.each<[string, Partial<NovaServer>, Partial<StoredInstance> | null, string[]]>([
    [
      'nothing stored',
      {},
      null,
      ['only in nova: no notification of it is stored: its launch was lost, or its deployment is not consumed'],
    ],
    [
      'launched within the tolerance',
      { launchedAt: JUST_NOW },
      null,
      ['only in nova (recent): launched less than 10 minutes ago: its notification may still arrive'],
    ],
    ['never came up', { launchedAt: null, state: 'error' }, null, []],
    ['never came up on both sides', { launchedAt: null, state: 'error' }, { launchedAt: null }, []],
    [
      'without a launch here',
      {},
      { launchedAt: null },
      ['only in nova: its notifications do not say that it was launched: its launch was lost'],
    ],
    ['deleted here', {}, { deletedAt: LONG_AGO }, ['only in nova: deleted here, exists in nova: a restore was lost']],
    [
      'deleted here a moment ago',
      {},
      { deletedAt: JUST_NOW },
      ['only in nova (recent): deleted here less than 10 minutes ago: nova may not have completed the delete'],
    ],
    [
      'restored a moment ago',
      { updated: JUST_NOW },
      { deletedAt: LONG_AGO },
      [
        'only in nova (recent): deleted here, changed in nova less than 10 minutes ago: the notification of a restore may still arrive',
      ],
    ],
    [
      'of another deployment',
      {},
      { deploymentId: 3 },
      ['only in nova: its last notification is of deployment west, which is not compared (east-1, east-2)'],
    ],
    [
      'with a lifecycle of an earlier version',
      {},
      { deploymentId: null },
      ['only in nova: it is not known when it existed: run `stacktach refold`'],
    ],
  ])('%s', (_, changedServer, changedStored, expected) => {
    expect(compare(changedServer, changedStored)).toEqual(expected)
  })

  test('says since when it exists, where, and whose it is', () => {
    expect(compareInstance(server, null, comparison)).toEqual([
      expect.objectContaining({ nova: 'created 2026-11-27 10:30:00', here: null, tenant: 't', host: 'compute-1' }),
    ])
  })
})

describe('different values', () => {
  test('are differences of their own', () => {
    const other = { tenant: 'u', host: 'compute-2', flavor: '3', state: 'stopped' }
    const differences = compareInstance(server, { ...stored, ...other }, comparison)
    expect(differences.map(({ kind, nova, here }) => [kind, nova, here])).toEqual([
      ['tenant', 't', 'u'],
      ['host', 'compute-1', 'compute-2'],
      ['flavor', '2', '3'],
      ['state', 'active', 'stopped'],
    ])
    expect(differences.every(({ recent }) => !recent)).toBe(true)
  })

  test.each(['tenant', 'host', 'flavor', 'state'])('a %s that only one side has does not count', (name) => {
    expect(compare({ [name]: null }, {})).toEqual([])
    expect(compare({}, { [name]: null })).toEqual([])
  })

  test.each<[string, Partial<NovaServer>, Partial<StoredInstance>, string]>([
    ['during an operation', { taskState: 'resize_finish' }, {}, 'nova is changing it (resize_finish)'],
    [
      'changed in nova a moment ago',
      { updated: JUST_NOW },
      {},
      'changed in nova less than 10 minutes ago: its notification may still arrive',
    ],
    ['changed here meanwhile', {}, { lastWhen: NOW + 1 }, 'its last notification arrived during the comparison'],
  ])('%s are recent, except for the tenant, which never changes', (_, changedServer, changedStored, reason) => {
    const other = { tenant: 'u', flavor: '3' }
    expect(compare(changedServer, { ...changedStored, ...other })).toEqual([
      'tenant: another project: a notification was wrong, or nova’s database was changed',
      `flavor (recent): ${reason}`,
    ])
  })
})

describe('only here', () => {
  test.each<[string, Instant, boolean, string]>([
    ['a lost delete', LONG_AGO, false, 'only here: exists here, not in nova: its delete was lost'],
    [
      'a delete of a moment ago',
      LONG_AGO,
      true,
      'only here (recent): deleted in nova less than 10 minutes ago: its notification may still arrive',
    ],
    [
      'notifications of a moment ago',
      JUST_NOW,
      false,
      'only here (recent): its last notification was sent less than 10 minutes ago: it may be new, or its delete may still arrive',
    ],
  ])('%s', (_, lastWhen, deleted, expected) => {
    expect(lines([onlyHere({ ...stored, lastWhen }, deleted, comparison)])).toEqual([expected])
  })
})
