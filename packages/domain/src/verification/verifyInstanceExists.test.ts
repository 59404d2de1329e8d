import { describe, expect, test } from '@jest/globals'
import type { InstanceFacts } from '../notifications/facts.ts'
import type { InstanceNotification } from '../notifications/instanceNotification.ts'
import type { Rules } from '../rules.ts'
import { at, novaEvent } from '../testkit/story.ts'
import { foldDeletes } from '../usage/deletes.ts'
import { foldExists } from '../usage/exists.ts'
import { foldLaunches } from '../usage/foldLaunches.ts'
import { failReason } from './verdict.ts'
import { type VerifyOptions, verifyInstanceExists } from './verifyInstanceExists.ts'

const DAY = 86_400

const options: VerifyOptions = { level: 'all', flavorField: 'instance_flavor_id', rules: 'today' }

/** Metadata of Rackspace's images. */
const system = { tenant: 'cafe', raxOptions: '4', osArchitecture: 'x86_64', osDistro: 'ubuntu', osVersion: '24.04' }
const flavor = { instanceTypeId: '5', instanceFlavorId: 'm1' }
const launched = { launchedAt: at(10.25), ...flavor }
const period = { auditPeriodBeginning: at(0), auditPeriodEnding: at(DAY) }

const create = (fields: Partial<InstanceNotification> = {}, facts: InstanceFacts = {}) =>
  novaEvent('create.end', 11, { ...system, ...fields }, { ...launched, ...facts })
const exists = (fields: Partial<InstanceNotification> = {}, facts: InstanceFacts = {}) =>
  novaEvent('exists', DAY + 60, { ...system, ...fields }, { ...launched, ...period, ...facts })
const deleted = (facts: InstanceFacts = {}) =>
  novaEvent('delete.end', 100, system, { launchedAt: at(10.25), terminatedAt: at(99), deletedAt: at(99.8), ...facts })

/** The failure of the last exists of a story; null when it is verified. */
function verdict(story: readonly InstanceNotification[], changes: Partial<VerifyOptions> = {}): string | null {
  const { rules } = { ...options, ...changes }
  const launches = [...foldLaunches(new Map(), story, rules).values()]
  const last = foldExists(story).at(-1)
  if (last === undefined) throw new Error('the story has no exists')
  const evidence = {
    launch: launches.find(({ launchedAt }) => Math.abs((launchedAt ?? 0) - last.launchedAt) < 1_000_000) ?? null,
    deletes: foldDeletes(story),
  }
  return failReason(verifyInstanceExists(last, evidence, { ...options, ...changes }))
}

const bothRules = describe.each<Rules>(['today', 'stacktach'])

bothRules('an exists (%s)', (rules) => {
  const verdictOf = (...story: InstanceNotification[]) => verdict(story, { rules })

  test('that agrees with its launch is verified', () => {
    expect(verdictOf(create(), exists())).toBeNull()
  })

  test('agrees with its launch to the second', () => {
    expect(verdictOf(create(), exists({}, { launchedAt: at(10.9) }))).toBeNull()
  })

  test('of an instance without a launch fails', () => {
    expect(verdictOf(exists())).toMatch(/^no launch: this instance has no launch at 2026-11-23 00:00:10/)
  })

  test('of an instance that was launched at another time fails', () => {
    expect(verdictOf(create(), exists({}, { launchedAt: at(50) }))).toBe(
      'no launch: this instance has no launch at 2026-11-23 00:00:50',
    )
  })

  test.each<[string, Partial<InstanceNotification>, InstanceFacts, string]>([
    ['the flavor', {}, { instanceFlavorId: 'm2' }, 'instance_flavor_id is "m2" in the exists and "m1" in the launch'],
    ['the tenant', { tenant: 'beef' }, {}, 'tenant is "beef" in the exists and "cafe" in the launch'],
    ['rax_options', { raxOptions: '7' }, {}, 'rax_options is "7" in the exists and "4" in the launch'],
    [
      'os_architecture',
      { osArchitecture: 'arm' },
      {},
      'os_architecture is "arm" in the exists and "x86_64" in the launch',
    ],
    ['os_version', { osVersion: '7' }, {}, 'os_version is "7" in the exists and "24.04" in the launch'],
    ['os_distro', { osDistro: 'rhel' }, {}, 'os_distro is "rhel" in the exists and "ubuntu" in the launch'],
  ])('that differs from its launch in %s fails, with both values', (_, fields, facts, difference) => {
    expect(verdictOf(create(), exists(fields, facts))).toBe(`launch differs: ${difference}`)
  })

  test('is checked only for the configured flavor field', () => {
    expect(verdictOf(create(), exists({}, { instanceTypeId: '6' }))).toBeNull()
    expect(verdict([create(), exists({}, { instanceTypeId: '6' })], { rules, flavorField: 'instance_type_id' })).toBe(
      'launch differs: instance_type_id is "6" in the exists and "5" in the launch',
    )
  })

  test('with a deleted_at that agrees with the delete is verified', () => {
    expect(verdictOf(create(), deleted(), exists({}, { terminatedAt: at(99), deletedAt: at(99.8) }))).toBeNull()
  })

  test('with a deleted_at, but without a delete, fails', () => {
    expect(verdictOf(create(), exists({}, { deletedAt: at(99.8) }))).toBe(
      'no delete: deleted_at is 2026-11-23 00:01:39.800000 in the exists, but the launch at 2026-11-23 00:00:10.250000 has no delete',
    )
  })

  test('with another deleted_at than the delete fails', () => {
    expect(verdictOf(create(), deleted(), exists({}, { deletedAt: at(200) }))).toBe(
      'delete differs: deleted_at is "2026-11-23 00:03:20" in the exists and "2026-11-23 00:01:39" in the delete',
    )
  })

  test('of a launch that was deleted twice fails', () => {
    const story = [create(), deleted(), deleted({ terminatedAt: at(150), deletedAt: at(150) })]
    expect(verdictOf(...story, exists({}, { terminatedAt: at(99), deletedAt: at(99) }))).toBe(
      'several deletes: the launch at 2026-11-23 00:00:10.250000 has 2 deletes',
    )
  })

  test('without a deleted_at is contradicted by a delete before the end of its audit period', () => {
    expect(verdictOf(create(), deleted(), exists())).toBe(
      "delete contradicts: the launch at 2026-11-23 00:00:10.250000 was deleted at 2026-11-23 00:01:39, before the audit period's end at 2026-11-24 00:00:00, and the exists has no deleted_at",
    )
  })

  test('is not contradicted by a delete after that, or of another launch', () => {
    expect(verdictOf(create(), deleted({ terminatedAt: at(DAY), deletedAt: at(DAY) }), exists())).toBeNull()
    expect(verdictOf(create(), deleted({ launchedAt: at(5) }), exists())).toBeNull()
  })
})

describe('times of two sources', () => {
  test('today deleted_at may be up to a second later than terminated_at: any pair of them may agree', () => {
    const later = { terminatedAt: at(99.9), deletedAt: at(100.3) }
    const story = [create(), deleted(later), exists({}, later)]
    expect(verdict(story, { rules: 'today' })).toBeNull()
    expect(verdict(story, { rules: 'stacktach' })).toBe(
      'delete differs: deleted_at is "2026-11-23 00:01:40.300000" in the exists and "2026-11-23 00:01:39.900000" in the delete',
    )
  })

  test('today a launched_at that the database rounded up to a whole second is the same second', () => {
    const story = [create({}, { launchedAt: at(10.5) }), exists({}, { launchedAt: at(11) })]
    expect(verdict(story, { rules: 'today' })).toBeNull()
    expect(verdict(story, { rules: 'stacktach' })).toContain('launched_at is "2026-11-23 00:00:11" in the exists')
  })

  test('a delete in the same second takes precedence over one that rounds to it', () => {
    const story = [
      create({}, { launchedAt: at(11.2) }),
      deleted({ launchedAt: at(10.6), terminatedAt: at(11), deletedAt: at(11) }),
      deleted({ launchedAt: at(11.2) }),
      exists({}, { launchedAt: at(11), terminatedAt: at(99), deletedAt: at(99) }),
    ]
    expect(verdict(story)).toBeNull()
  })

  test('a launched_at that rounds to another second differs', () => {
    expect(verdict([create({}, { launchedAt: at(10.49) }), exists({}, { launchedAt: at(11) })])).toContain(
      'launched_at',
    )
    expect(verdict([create({}, { launchedAt: at(10.6) }), exists({}, { launchedAt: at(11.001) })])).toContain(
      'launched_at',
    )
  })
})

describe('required fields', () => {
  const story = (fields: Partial<InstanceNotification>, facts: InstanceFacts = {}) => [
    create(fields, facts),
    exists(fields, facts),
  ]
  const noMetadata = { raxOptions: '', osArchitecture: '', osDistro: '', osVersion: '' }

  test.each<[string, Partial<InstanceNotification>, InstanceFacts, string]>([
    ['a tenant', { tenant: null }, {}, 'field missing: tenant is not set'],
    ['a tenant of hex digits', { tenant: 'not-hex!' }, {}, 'field invalid: tenant is "not-hex!", not hex digits'],
    ['a flavor', {}, { instanceFlavorId: '' }, 'field missing: instance_flavor_id is not set'],
  ])('at level basic and all: %s', (_, fields, facts, reason) => {
    expect(verdict(story(fields, facts), { level: 'all' })).toBe(reason)
    expect(verdict(story(fields, facts), { level: 'basic' })).toBe(reason)
    expect(verdict(story(fields, facts), { level: 'none' })).toBeNull()
  })

  test.each<[string, Partial<InstanceNotification>, string]>([
    ['rax_options', { raxOptions: 'zz' }, 'field invalid: rax_options is "zz", not an integer'],
    ['rax_options that are set', { raxOptions: '' }, 'field missing: rax_options is not set'],
    ['os_architecture', { osArchitecture: '' }, 'field missing: os_architecture is not set'],
    ['os_distro', { osDistro: '' }, 'field missing: os_distro is not set'],
    ['os_version', { osVersion: '24_04' }, 'field invalid: os_version is "24_04", not letters, digits and dots'],
  ])('at level all: %s', (_, fields, reason) => {
    expect(verdict(story(fields), { level: 'all' })).toBe(reason)
    expect(verdict(story(fields), { level: 'basic' })).toBeNull()
  })

  test('an imported image needs neither os_distro nor os_version', () => {
    expect(verdict(story({ osDistro: '', osVersion: '', imageType: 3 }), { level: 'all' })).toBeNull()
    expect(verdict(story({ osDistro: '', osVersion: '', imageType: 2 }), { level: 'all' })).toContain('os_distro')
  })

  test('at level basic the metadata of Rackspace is optional', () => {
    expect(verdict(story(noMetadata), { level: 'basic' })).toBeNull()
  })
})
