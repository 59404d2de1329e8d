import { expect, test } from '@jest/globals'
import { at, novaEvent } from '../testkit/story.ts'
import { foldExists } from './exists.ts'

test('an exists with a launched_at makes a row with the fields for verification and reports', () => {
  const fields = {
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
  const exists = novaEvent('exists', 86_401, fields, facts)
  expect(foldExists([exists])).toEqual([
    { ...fields, ...facts, notificationId: exists.id, when: at(86_401), instance: 'server', versioned: false },
  ])
})

test('absent fields are null', () => {
  const [row] = foldExists([
    novaEvent('exists', 1, { messageId: null, host: null, tenant: null }, { launchedAt: at(0) }),
  ])
  expect(row).toMatchObject({ messageId: null, host: null, tenant: null, deletedAt: null, bandwidthPublicOut: null })
  expect(row).toMatchObject({
    auditPeriodBeginning: null,
    auditPeriodEnding: null,
    instanceTypeId: null,
    memoryMb: null,
  })
})

test('an exists without a launched_at is ignored', () => {
  expect(foldExists([novaEvent('exists', 1), novaEvent('exists', 2, {}, { auditPeriodBeginning: at(0) })])).toEqual([])
})

test('other events make no row', () => {
  const others = ['exists.verified', 'update', 'delete.end']
  expect(foldExists(others.map((event) => novaEvent(event, 1, {}, { launchedAt: at(0) })))).toEqual([])
})

test('periods may overlap: each notification makes a row', () => {
  const period = (from: number, until: number) => ({
    launchedAt: at(0),
    auditPeriodBeginning: at(from),
    auditPeriodEnding: at(until),
  })
  expect(
    foldExists([
      novaEvent('exists', 100, {}, period(0, 99.5)),
      novaEvent('exists', 200, {}, period(0, 199.5)),
      novaEvent('exists', 3700, {}, period(0, 3600)),
    ]),
  ).toHaveLength(3)
})

test('of two exists with one message id the later counts, but each deployment has its own', () => {
  const [first, second] = [
    novaEvent('exists', 1, {}, { launchedAt: at(0) }),
    novaEvent('exists', 2, {}, { launchedAt: at(0) }),
  ]
  const same = { ...second, dedupKey: first.dedupKey }
  expect(foldExists([first, same]).map(({ notificationId }) => notificationId)).toEqual([second.id])
  expect(foldExists([first, { ...same, deploymentId: 2 }])).toHaveLength(2)
})
