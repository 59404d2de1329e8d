import { expect, test } from '@jest/globals'
import { at, novaEvent } from '../testkit/story.ts'
import { foldDeletes } from './deletes.ts'

const launchedAt = at(10)

test('a delete.end with a launched_at makes a delete at its terminated_at', () => {
  const end = novaEvent('delete.end', 99, {}, { launchedAt, terminatedAt: at(98), deletedAt: at(98.7) })
  expect(foldDeletes([novaEvent('delete.start', 97, {}, { launchedAt }), end])).toEqual([
    { instance: 'server', launchedAt, deletedAt: at(98), payloadDeletedAt: at(98.7), notificationId: end.id },
  ])
})

test('without a terminated_at, the delete is at its deleted_at', () => {
  const [row] = foldDeletes([novaEvent('delete.end', 99, {}, { launchedAt, deletedAt: at(98.7) })])
  expect(row).toMatchObject({ deletedAt: at(98.7), payloadDeletedAt: at(98.7) })
})

test('without a launched_at or a deletion time there is no delete', () => {
  expect(foldDeletes([novaEvent('delete.end', 99, {}, { terminatedAt: at(98) })])).toEqual([])
  expect(foldDeletes([novaEvent('delete.end', 99, {}, { launchedAt })])).toEqual([])
  expect(foldDeletes([novaEvent('delete.end', 99)])).toEqual([])
})

test('other events make no delete', () => {
  const facts = { launchedAt, terminatedAt: at(98) }
  const others = ['delete.start', 'soft_delete.end', 'shutdown.end', 'exists', 'update']
  expect(foldDeletes(others.map((event) => novaEvent(event, 99, {}, facts)))).toEqual([])
})

test('there is one delete for each launched_at and deleted_at, from the later notification', () => {
  const facts = { launchedAt, terminatedAt: at(98) }
  const [first, repeated] = [novaEvent('delete.end', 99, {}, facts), novaEvent('delete.end', 100, {}, facts)]
  const other = novaEvent('delete.end', 101, {}, { launchedAt, terminatedAt: at(100) })
  expect(foldDeletes([first, repeated, other]).map(({ notificationId }) => notificationId)).toEqual([
    repeated.id,
    other.id,
  ])
})
