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
  const linked = launches.find(({ launchedAt }) => Math.abs((launchedAt ?? 0) - last.launchedAt) < 1_000_000)
  const evidence = {
    launches: rules === 'today' ? launches : linked ? [linked] : [],
    deletes: foldDeletes([], story, rules),
  }
  return failReason(verifyInstanceExists(last, evidence, { ...options, ...changes }))
}

/** The end of a reason under today's rules. */
const closestLaunch = (rules: Rules) =>
  rules === 'today' ? '; the closest launch is at 2026-11-23 00:00:10.250000, of request req-1' : ''

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
    const reason = 'no launch: this instance has no launch at 2026-11-23 00:00:50'
    const closest =
      '; the closest launch is at 2026-11-23 00:00:10.250000, of request req-1: launched_at is "2026-11-23 00:00:50" in the exists and "2026-11-23 00:00:10.250000" in the launch'
    expect(verdictOf(create(), exists({}, { launchedAt: at(50) }))).toBe(rules === 'today' ? reason + closest : reason)
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
    expect(verdictOf(create(), exists(fields, facts))).toBe(`launch differs: ${difference}${closestLaunch(rules)}`)
  })

  test('is checked only for the configured flavor field', () => {
    expect(verdictOf(create(), exists({}, { instanceTypeId: '6' }))).toBeNull()
    expect(verdict([create(), exists({}, { instanceTypeId: '6' })], { rules, flavorField: 'instance_type_id' })).toBe(
      `launch differs: instance_type_id is "6" in the exists and "5" in the launch${closestLaunch(rules)}`,
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

  test('of a launch that was deleted twice fails in StackTach; today one delete replaced the other', () => {
    const story = [create(), deleted(), deleted({ terminatedAt: at(150), deletedAt: at(150) })]
    for (const time of [99, 150]) {
      expect(verdictOf(...story, exists({}, { terminatedAt: at(time), deletedAt: at(time) }))).toBe(
        rules === 'today' ? null : 'several deletes: the launch at 2026-11-23 00:00:10.250000 has 2 deletes',
      )
    }
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

  test('a delete in the same second may agree beside one that rounds to it', () => {
    const story = [
      create({}, { launchedAt: at(11.2) }),
      deleted({ launchedAt: at(10.6), terminatedAt: at(11), deletedAt: at(11) }),
      deleted({ launchedAt: at(11.2) }),
      exists({}, { launchedAt: at(11), terminatedAt: at(99), deletedAt: at(99) }),
    ]
    expect(verdict(story)).toBeNull()
  })

  test('any delete of the second may agree, also when the launch time of only some of them was rounded', () => {
    const story = (...times: number[]) => [
      create({}, { launchedAt: at(10.6) }),
      ...[10.6, 11].map((seconds, index) =>
        deleted({ launchedAt: at(seconds), terminatedAt: at(times[index] ?? 0), deletedAt: at(times[index] ?? 0) }),
      ),
      exists({}, { launchedAt: at(11), terminatedAt: at(99), deletedAt: at(99) }),
    ]
    expect(verdict(story(11, 99))).toBeNull()
    expect(verdict(story(99, 11))).toBeNull()
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

  test.each(['default', '5f0c1d7a-9e3b-4c52-a6d8-f1e20b7c4a93'])('today a tenant may be %s', (tenant) => {
    expect(verdict(story({ tenant }))).toBeNull()
    expect(verdict(story({ tenant }), { rules: 'stacktach' })).toBe(
      `field invalid: tenant is ${JSON.stringify(tenant)}, not hex digits`,
    )
  })

  test('today every missing or malformed field is named, in StackTach the first', () => {
    const faults = story({ tenant: null, osDistro: '', osVersion: '24_04' })
    expect(verdict(faults)).toBe(
      'field missing: tenant is not set, os_distro is not set, os_version is "24_04", not letters, digits and dots',
    )
    expect(verdict(faults, { rules: 'stacktach' })).toBe('field missing: tenant is not set')
  })

  test('an imported image needs neither os_distro nor os_version', () => {
    expect(verdict(story({ osDistro: '', osVersion: '', imageType: 3 }), { level: 'all' })).toBeNull()
    expect(verdict(story({ osDistro: '', osVersion: '', imageType: 2 }), { level: 'all' })).toContain('os_distro')
  })

  test('at level basic the metadata of Rackspace is optional', () => {
    expect(verdict(story(noMetadata), { level: 'basic' })).toBeNull()
  })
})

describe('several launches (today)', () => {
  const ofRequest = (requestId: string) => ({ requestId })
  const small = { instanceTypeId: '1', instanceFlavorId: 'small' }
  const large = { instanceTypeId: '2', instanceFlavorId: 'large' }
  const smallCreate = create({}, small)

  test('of one second: one that agrees is sufficient, whichever it is', () => {
    const failedResize = [
      novaEvent('resize.prep.start', 50, { ...system, requestId: 'req-2' }, { launchedAt: at(10), ...small }),
      novaEvent('finish_resize.start', 60, { ...system, requestId: 'req-2' }, { launchedAt: at(10), ...large }),
    ]
    for (const flavors of [small, large]) {
      expect(verdict([smallCreate, ...failedResize, exists({}, { launchedAt: at(10), ...flavors })])).toBeNull()
    }
    const other = { launchedAt: at(10), instanceTypeId: '9', instanceFlavorId: 'other' }
    expect(verdict([smallCreate, ...failedResize, exists({ tenant: 'beef', ...ofRequest('') }, other)])).toBe(
      'launch differs: instance_flavor_id is "other" in the exists and "small" in the launch, tenant is "beef" in the exists and "cafe" in the launch; the closest launch is at 2026-11-23 00:00:10.250000, of request req-1',
    )
  })

  describe('a resize and its revert', () => {
    const resize = [
      novaEvent('resize.prep.start', 50, { ...system, requestId: 'req-2' }, { launchedAt: at(10), ...small }),
      novaEvent('finish_resize.start', 60, { ...system, requestId: 'req-2' }, { launchedAt: at(10), ...large }),
      novaEvent('finish_resize.end', 70, { ...system, requestId: 'req-2' }, { launchedAt: at(69), ...large }),
    ]
    const revert = [
      novaEvent('resize.revert.start', 5000, { ...system, requestId: 'req-3' }, { launchedAt: at(69), ...large }),
      novaEvent('resize.revert.end', 5090, { ...system, requestId: 'req-3' }, { launchedAt: at(5089), ...small }),
    ]
    const audited = (when: number, facts: InstanceFacts) =>
      verdict([smallCreate, ...resize, ...revert, { ...exists({}, facts), when: at(when) }])

    test('that the audit met between the new flavor and the new launched_at', () => {
      expect(audited(65, { launchedAt: at(10), ...large })).toBeNull()
      expect(audited(5050, { launchedAt: at(69), ...small })).toBeNull()
    })

    test('that the audit met long before or after fails', () => {
      expect(audited(2000, { launchedAt: at(10), ...large })).toContain('instance_flavor_id is "large" in the exists')
      expect(audited(2000, { launchedAt: at(69), ...small })).toContain('instance_flavor_id is "small" in the exists')
    })

    test('with a flavor that neither had fails', () => {
      const other = { launchedAt: at(10), instanceTypeId: '9', instanceFlavorId: 'other' }
      expect(audited(65, other)).toMatch(/^launch differs: instance_flavor_id is "other"/)
    })
  })
})

describe('formats (today)', () => {
  const versioned = { versioned: true, raxOptions: '', osArchitecture: '', osDistro: '', osVersion: '' }

  test.each<[string, Partial<InstanceNotification>, Partial<InstanceNotification>]>([
    ['exists', {}, versioned],
    ['launch', versioned, {}],
  ])('a versioned %s cannot report image metadata and type ids: they are not compared', (_, ofLaunch, ofExists) => {
    const changes: Partial<VerifyOptions> = { level: 'basic', flavorField: 'instance_type_id' }
    const facts = (fields: Partial<InstanceNotification>): InstanceFacts => {
      const { instanceTypeId, ...others } = { ...launched, ...period }
      return fields.versioned ? others : { ...others, instanceTypeId }
    }
    const story = (tenant: string, flavorId: string) => [
      novaEvent('create.end', 11, { ...system, ...ofLaunch }, facts(ofLaunch)),
      novaEvent(
        'exists',
        DAY + 60,
        { ...system, ...ofExists, tenant },
        { ...facts(ofExists), instanceFlavorId: flavorId },
      ),
    ]
    expect(verdict(story('cafe', 'm1'), changes)).toBeNull()
    expect(verdict(story('cafe', 'm1'), { ...changes, rules: 'stacktach' })).not.toBeNull()
    expect(verdict(story('beef', 'm1'), changes)).toContain('tenant is "beef"')
    expect(verdict(story('cafe', 'm2'), changes)).toContain('instance_flavor_id is "m2"')
  })

  test('a versioned exists needs no metadata at level all', () => {
    expect(verdict([create(), exists(versioned)], { level: 'all' })).toBeNull()
  })
})

describe('soft deletes (today)', () => {
  const softDeleted = novaEvent('soft_delete.end', 100, system, { launchedAt: at(10.25), deletedAt: at(99) })
  const reclaimed = novaEvent('delete.end', 4000, system, {
    launchedAt: at(10),
    terminatedAt: at(3999),
    deletedAt: at(3999.7),
  })
  const restored = novaEvent('restore.end', 4000, system, { launchedAt: at(10.25) })
  const audited = (deletedAt?: number) => exists({}, deletedAt === undefined ? {} : { deletedAt: at(deletedAt) })

  test('an exists agrees with the soft delete, also after the reclaim', () => {
    expect(verdict([create(), softDeleted, audited(99)])).toBeNull()
    expect(verdict([create(), softDeleted, reclaimed, audited(99)])).toBeNull()
    expect(verdict([create(), softDeleted, reclaimed, audited(4000)])).toBeNull()
  })

  test('a restored instance contradicts neither kind of exists', () => {
    expect(verdict([create(), softDeleted, restored, audited(99)])).toBeNull()
    expect(verdict([create(), softDeleted, restored, audited()])).toBeNull()
  })

  test('an exists without a deleted_at is contradicted by an effective or reclaimed soft delete', () => {
    expect(verdict([create(), softDeleted, audited()])).toMatch(/^delete contradicts/)
    expect(verdict([create(), softDeleted, reclaimed, audited()])).toMatch(/^delete contradicts/)
  })

  test('a deleted_at that agrees with neither fails with the closest', () => {
    expect(verdict([create(), softDeleted, reclaimed, audited(3000)])).toBe(
      'delete differs: deleted_at is "2026-11-23 00:50:00" in the exists and "2026-11-23 01:06:39" in the delete',
    )
  })
})
