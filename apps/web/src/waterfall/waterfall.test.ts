import { expect, test } from '@jest/globals'
import { SECOND } from '@stacktach/domain'
import { layOutWaterfall, type WaterfallNotification } from './waterfall.ts'

const START = Date.parse('2026-11-20T12:00:00Z') * 1000
let lastId = 0

function notification(
  seconds: number,
  event: string,
  more: Partial<WaterfallNotification> = {},
): WaterfallNotification {
  const component = event.split('.')[0] ?? ''
  return {
    id: ++lastId,
    service: 'nova',
    component,
    host: `${component}-1`,
    instance: 'a',
    event,
    routingKey: 'notifications.info',
    when: START + seconds * SECOND,
    versioned: false,
    ...more,
  }
}

test('starts are joined to their ends, and the time between services is a gap', () => {
  const { parts } = layOutWaterfall([
    notification(0, 'scheduler.select_destinations.start'),
    notification(2, 'scheduler.select_destinations.end'),
    notification(5, 'compute.instance.create.start'),
    notification(6, 'image.send', { service: 'glance' }),
    notification(20, 'compute.instance.create.end'),
  ])
  expect(parts.map(({ name, outcome, gap }) => [name, outcome, gap])).toEqual([
    ['scheduler.select_destinations', 'done', null],
    ['compute.instance.create', 'done', 3 * SECOND],
    ['image.send', 'point', null],
  ])
  const [first, second] = parts
  expect(second?.gapX).toBeCloseTo((first?.x ?? 0) + (first?.width ?? 0))
  expect(second?.x).toBeGreaterThan(second?.gapX ?? 100)
})

test('parallel parts of two instances are joined to their own ends', () => {
  const { parts } = layOutWaterfall([
    notification(0, 'compute.instance.create.start'),
    notification(1, 'compute.instance.create.start', { instance: 'b' }),
    notification(2, 'compute.instance.create.end', { instance: 'b' }),
    notification(9, 'compute.instance.create.end'),
  ])
  expect(parts.map(({ instance, until }) => [instance, until])).toEqual([
    ['a', START + 9 * SECOND],
    ['b', START + 2 * SECOND],
  ])
  expect(parts.every(({ gap }) => gap === null)).toBe(true)
})

test('an attempt that fails is followed by the next on another host', () => {
  const { parts } = layOutWaterfall([
    notification(0, 'compute.instance.create.start'),
    notification(1, 'compute.instance.create.error', { routingKey: 'notifications.error' }),
    notification(2, 'compute.instance.create.start', { host: 'compute-2' }),
  ])
  expect(parts.map(({ host, outcome, until }) => [host, outcome, until])).toEqual([
    ['compute-1', 'failed', START + SECOND],
    ['compute-2', 'open', null],
  ])
})

test('an end on another host, as of a migration, is joined to its start', () => {
  const { parts } = layOutWaterfall([
    notification(0, 'compute.instance.live_migration.start'),
    notification(4, 'compute.instance.live_migration.end', { host: 'compute-2' }),
  ])
  expect(parts).toMatchObject([{ host: 'compute-1', until: START + 4 * SECOND, outcome: 'done' }])
})

test('errors and ends without a start, and versioned counterparts', () => {
  const { parts } = layOutWaterfall([
    notification(0, 'compute.instance.delete.end'),
    notification(0, 'compute.instance.delete.end', { versioned: true }),
    notification(1, 'keypair.import.start', { versioned: true, instance: null }),
    notification(2, 'spawn', { routingKey: 'notifications.error' }),
  ])
  expect(parts.map(({ name, outcome }) => [name, outcome])).toEqual([
    ['compute.instance.delete', 'done'],
    ['keypair.import', 'open'],
    ['spawn', 'failed'],
  ])
})

test('nothing: no parts', () => {
  expect(layOutWaterfall([]).parts).toEqual([])
})
