import { expect, test } from '@jest/globals'
import { at, notice } from '../testkit/story.ts'
import { foldExists } from './exists.ts'

test('an exists with a launched_at makes a row with all that verification and reports need', () => {
  const said = {
    messageId: 'message',
    dedupKey: 'message',
    deploymentId: 3,
    host: 'host-2',
    tenant: 'abc',
    imageType: 0x111,
    raxOptions: '1',
    osArchitecture: 'x64',
    osVersion: '24.04',
    osDistro: 'ubuntu',
  }
  const facts = {
    launchedAt: at(5.25),
    terminatedAt: at(70),
    deletedAt: at(70.5),
    auditPeriodBeginning: at(0),
    auditPeriodEnding: at(86_400),
    instanceTypeId: '5',
    instanceFlavorId: 'm1',
    flavorName: 'm1.small',
    memoryMb: 2048,
    bandwidthPublicOut: '9007199254740993',
  }
  const exists = notice('exists', 86_401, said, facts)
  expect(foldExists([exists])).toEqual([
    { ...said, ...facts, notificationId: exists.id, when: at(86_401), instance: 'server', versioned: false },
  ])
})

test('what it does not say is null', () => {
  const [row] = foldExists([notice('exists', 1, { messageId: null, host: null, tenant: null }, { launchedAt: at(0) })])
  expect(row).toMatchObject({ messageId: null, host: null, tenant: null, deletedAt: null, bandwidthPublicOut: null })
  expect(row).toMatchObject({
    auditPeriodBeginning: null,
    auditPeriodEnding: null,
    instanceTypeId: null,
    memoryMb: null,
  })
})

test('one without a launched_at is ignored', () => {
  expect(foldExists([notice('exists', 1), notice('exists', 2, {}, { auditPeriodBeginning: at(0) })])).toEqual([])
})

test('only an exists makes one', () => {
  const others = ['exists.verified', 'update', 'delete.end']
  expect(foldExists(others.map((event) => notice(event, 1, {}, { launchedAt: at(0) })))).toEqual([])
})

test('periods may overlap: each notification is an exists', () => {
  const period = (from: number, to: number) => ({
    launchedAt: at(0),
    auditPeriodBeginning: at(from),
    auditPeriodEnding: at(to),
  })
  expect(
    foldExists([
      notice('exists', 100, {}, period(0, 99.5)),
      notice('exists', 200, {}, period(0, 199.5)),
      notice('exists', 3700, {}, period(0, 3600)),
    ]),
  ).toHaveLength(3)
})

test('of two with one message id the later counts; in two deployments they are two', () => {
  const [one, again] = [notice('exists', 1, {}, { launchedAt: at(0) }), notice('exists', 2, {}, { launchedAt: at(0) })]
  const same = { ...again, dedupKey: one.dedupKey }
  expect(foldExists([one, same]).map(({ notificationId }) => notificationId)).toEqual([again.id])
  expect(foldExists([one, { ...same, deploymentId: 2 }])).toHaveLength(2)
})
