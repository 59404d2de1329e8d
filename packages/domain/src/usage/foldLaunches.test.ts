import { describe, expect, test } from '@jest/globals'
import type { Rules } from '../rules.ts'
import { launchEvents } from '../testkit/ruleCounts.ts'
import { at, MIDNIGHT, novaEvent } from '../testkit/story.ts'
import { SECOND } from '../time/instant.ts'
import { foldLaunches, type Launch, launchEffect } from './foldLaunches.ts'

const ruleSets: Rules[] = ['today', 'stacktach']
const payload = { launchedAt: at(50), instanceTypeId: '5', instanceFlavorId: 'm1' }

/** A launch as a short text: launched_at, type id and flavor id. */
function launchText({ launchedAt, instanceTypeId, instanceFlavorId }: Launch): string {
  const seconds = launchedAt === null ? '?' : (launchedAt - MIDNIGHT) / SECOND
  return `${seconds} ${instanceTypeId ?? '?'}/${instanceFlavorId ?? '?'}`
}

/** The launch after an event, or undefined; `before` has fields of the launch before it, if there is one. */
function after(event: string, rules: Rules, before?: Partial<Launch>, facts: object = payload): string | undefined {
  const emptyLaunch = foldLaunches(new Map(), [novaEvent('create.start', 1)], rules).get('req-1') as Launch
  const earlier = new Map(before ? [['req-1', { ...emptyLaunch, ...before }]] : [])
  const launch = foldLaunches(earlier, [novaEvent(event, 60, {}, facts)], rules).get('req-1')
  return launch && launchText(launch)
}

/** The events that launch under both rule sets. */
const launching = launchEvents.filter((event) => event !== 'unshelve.end')

describe.each(ruleSets)(
  'the effect of each event on no launch, an earlier one, and a later one without a type id (%s)',
  (rules) => {
    const earlier = { launchedAt: at(20), instanceTypeId: '1', instanceFlavorId: 'old' }
    const later = { launchedAt: at(80), instanceTypeId: null, instanceFlavorId: 'old' }

    test.each([
      // set the flavor
      ['create.start', '? 5/m1', '20 5/m1', '80 5/m1'],
      // set the flavor, and launched_at if it is not set yet
      ['rebuild.start', '50 5/m1', '20 5/m1', '80 5/m1'],
      ['rescue.start', '50 5/m1', '20 5/m1', '80 5/m1'],
      // set launched_at if it is not set yet, and the flavor if neither field is set
      ['resize.prep.start', '50 5/m1', '20 1/old', '80 ?/old'],
      ['resize.revert.start', '50 5/m1', '20 1/old', '80 ?/old'],
      // raise launched_at, and fill each flavor field that is not set
      ['create.end', '50 5/m1', '50 1/old', '80 5/old'],
      ['rebuild.end', '50 5/m1', '50 1/old', '80 5/old'],
      ['rescue.end', '50 5/m1', '50 1/old', '80 5/old'],
      // set the flavor, and keep launched_at
      ['finish_resize.start', '? 5/m1', '20 5/m1', '80 5/m1'],
      // set the flavor, and raise launched_at
      ['finish_resize.end', '50 5/m1', '50 5/m1', '80 5/m1'],
      ['resize.revert.end', '50 5/m1', '50 5/m1', '80 5/m1'],
    ])('%s', (event, fromNone, fromEarlier, fromLater) => {
      expect(after(event, rules)).toBe(fromNone)
      expect(after(event, rules, earlier)).toBe(fromEarlier)
      expect(after(event, rules, later)).toBe(fromLater)
    })

    test('a flavor with one field counts as set: a prep or a revert does not change it', () => {
      expect(after('resize.prep.start', rules, { instanceTypeId: '1', instanceFlavorId: null })).toBe('50 1/?')
      expect(after('resize.revert.start', rules, { instanceTypeId: null, instanceFlavorId: 'old' })).toBe('50 ?/old')
    })

    test('a payload without launched_at keeps that of the launch', () => {
      const flavor = { instanceTypeId: '5', instanceFlavorId: 'm1' }
      expect(after('create.end', rules, earlier, flavor)).toBe('20 1/old')
      expect(after('finish_resize.end', rules, earlier, flavor)).toBe('20 5/m1')
      expect(after('rebuild.start', rules, undefined, flavor)).toBe('? 5/m1')
    })

    test('a payload without launched_at does not set it', () => {
      const flavor = { instanceTypeId: '5', instanceFlavorId: 'm1' }
      expect(after('create.end', rules, undefined, flavor)).toBe('? 5/m1')
      expect(after('resize.revert.end', rules, undefined, flavor)).toBe('? 5/m1')
    })

    test('only the message of a create.end prevents a launch', () => {
      const failed = { instanceTypeId: '5', instanceFlavorId: 'm1', message: 'No valid host was found' }
      expect(launching.filter((event) => after(event, rules, undefined, failed) === undefined)).toEqual(['create.end'])
    })

    test.each(launching)('%s sets tenant, options and system, also of an earlier launch', (event) => {
      const ubuntu = { tenant: 'b', raxOptions: '1', osArchitecture: 'x64', osVersion: '24.04', osDistro: 'ubuntu' }
      const earlier = foldLaunches(new Map(), [novaEvent('create.start', 1, { tenant: 'a', raxOptions: '0' })], rules)
      const launch = foldLaunches(earlier, [novaEvent(event, 60, ubuntu, payload)], rules).get('req-1')
      expect(launch).toMatchObject({ ...ubuntu, firstWhen: at(1) })
    })
  },
)

describe.each(ruleSets)('events without a launch (%s)', (rules) => {
  test.each([
    'create.error',
    'delete.start',
    'delete.end',
    'exists',
    'finish_resize.error',
    'resize.start',
    'resize.end',
    'resize.prep.end',
    'resize.confirm.start',
    'resize.confirm.end',
    'shelve.end',
    'unshelve.start',
    'update',
    'constructor',
  ])('%s', (event) => {
    expect(after(event, rules)).toBeUndefined()
  })

  test.each([
    'instance.create.start',
    'create.start',
    // Has the length of `compute.instance.` before the event name.
    'compute.metadata.create.start',
  ])('%s, which is not an event of compute.instance', (event) => {
    expect(launchEffect({ event, facts: null }, rules)).toBeNull()
  })
})

describe('an unshelve', () => {
  const later = { launchedAt: at(80), instanceTypeId: null, instanceFlavorId: 'old' }

  test('has the effect of a rescue today', () => {
    for (const before of [undefined, { launchedAt: at(20), instanceTypeId: '1', instanceFlavorId: 'old' }, later]) {
      expect(after('unshelve.end', 'today', before)).toBe(after('rescue.end', 'today', before))
    }
    expect(after('unshelve.end', 'today')).toBe('50 5/m1')
  })

  test('has no effect in StackTach', () => {
    expect(after('unshelve.end', 'stacktach')).toBeUndefined()
  })
})

describe.each(ruleSets)('a create (%s)', (rules) => {
  const start = novaEvent('create.start', 1, {}, { instanceTypeId: '5', instanceFlavorId: 'm1' })
  const end = (message?: string) =>
    novaEvent('create.end', 60, {}, message === undefined ? payload : { ...payload, message })
  const launched = (...story: ReturnType<typeof novaEvent>[]) =>
    [...foldLaunches(new Map(), story, rules).values()].map(launchText)

  test('is launched by an end with the message Success, an empty message, or none', () => {
    expect(launched(start, end('Success'))).toEqual(['50 5/m1'])
    expect(launched(start, end())).toEqual(['50 5/m1'])
    expect(launched(start, end(''))).toEqual(['50 5/m1'])
  })

  test('is not launched by an end with another message and no launched_at', () => {
    const failed = novaEvent('create.end', 60, {}, { message: 'Build of instance server was re-scheduled' })
    expect(launched(start, failed)).toEqual(['? 5/m1'])
    expect(launched(failed)).toEqual([])
  })

  test('is not launched by an end with the message Failure', () => {
    expect(launched(start, end('Failure'))).toEqual(['? 5/m1'])
  })

  test.each(['成功', 'Erfolg', 'Succès'])('is launched by an end with the translated message %s', (message) => {
    expect(launched(start, end(message))).toEqual([rules === 'today' ? '50 5/m1' : '? 5/m1'])
  })

  test('that was rescheduled is one launch', () => {
    const story = [start, novaEvent('create.error', 2), novaEvent('create.start', 3, {}, payload), end('Success')]
    expect(launched(...story)).toEqual(['50 5/m1'])
  })

  test('that failed is a launch without launched_at', () => {
    expect(launched(start, novaEvent('create.error', 2))).toEqual(['? 5/m1'])
  })
})

test.each(ruleSets)('a resize: the flavor before, then the flavor after, and the later launched_at (%s)', (rules) => {
  const small = { launchedAt: at(0), instanceTypeId: '1', instanceFlavorId: 'small' }
  const large = { instanceTypeId: '2', instanceFlavorId: 'large' }
  const story = [
    novaEvent('resize.prep.start', 10, {}, small),
    novaEvent('resize.start', 20, {}, small),
    novaEvent('finish_resize.start', 30, {}, { launchedAt: at(0), ...large }),
    novaEvent('finish_resize.end', 40, {}, { launchedAt: at(40), ...large }),
  ]
  const steps = story.map((_, index) => foldLaunches(new Map(), story.slice(0, index + 1), rules).get('req-1'))
  expect(steps.map((launch) => launch && launchText(launch))).toEqual([
    '0 1/small',
    '0 1/small',
    '0 2/large',
    '40 2/large',
  ])
})

test.each(ruleSets)('there is one launch for each request (%s)', (rules) => {
  const story = [novaEvent('create.start', 1), novaEvent('rebuild.start', 9, { requestId: 'req-2' })]
  expect([...foldLaunches(new Map(), story, rules).keys()]).toEqual(['req-1', 'req-2'])
})

test.each(ruleSets)(
  'tenant, options and system are those of the last event, firstWhen is that of the first (%s)',
  (rules) => {
    const ubuntu = { raxOptions: '1', osArchitecture: 'x64', osVersion: '24.04', osDistro: 'ubuntu' }
    const story = [
      novaEvent('create.start', 1, { tenant: 'a', ...ubuntu }),
      novaEvent('create.end', 9, { tenant: 'b' }),
    ]
    const [launch] = foldLaunches(new Map(), story.slice(0, 1), rules).values()
    expect(launch).toMatchObject({ instance: 'server', requestId: 'req-1', tenant: 'a', firstWhen: at(1), ...ubuntu })
    const plain = { raxOptions: '', osArchitecture: '', osVersion: '', osDistro: '' }
    expect(foldLaunches(new Map(), story, rules).get('req-1')).toMatchObject({
      tenant: 'b',
      firstWhen: at(1),
      ...plain,
    })
  },
)

test('earlier launches are not modified', () => {
  const earlier = foldLaunches(new Map(), [novaEvent('create.start', 1)], 'today')
  const before = structuredClone([...earlier])
  foldLaunches(earlier, [novaEvent('create.end', 9, {}, payload)], 'today')
  expect([...earlier]).toEqual(before)
})

describe('what a launch remembers of its request', () => {
  const small = { launchedAt: at(5), instanceTypeId: '1', instanceFlavorId: 'small' }
  const large = { launchedAt: at(5), instanceTypeId: '2', instanceFlavorId: 'large' }
  const resize = [
    novaEvent('resize.prep.start', 10, {}, small),
    novaEvent('finish_resize.start', 20, {}, large),
    novaEvent('finish_resize.end', 30, {}, { ...large, launchedAt: at(29) }),
  ]

  test('the distinct values that it reported, and the times of its first and last notification', () => {
    expect(foldLaunches(new Map(), resize, 'today').get('req-1')).toMatchObject({
      launchedAt: at(29),
      instanceFlavorId: 'large',
      firstWhen: at(10),
      lastWhen: at(30),
      reported: { launchedAt: [at(5), at(29)], instanceTypeId: ['1', '2'], instanceFlavorId: ['small', 'large'] },
    })
  })

  test('the format of its last notification', () => {
    const versioned = novaEvent('finish_resize.end', 30, { versioned: true }, large)
    expect(foldLaunches(new Map(), resize, 'today').get('req-1')?.versioned).toBe(false)
    expect(foldLaunches(new Map(), [...resize, versioned], 'today').get('req-1')?.versioned).toBe(true)
  })
})
