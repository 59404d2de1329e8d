import { expect, test } from '@jest/globals'
import { at, notice } from '../testkit/story.ts'
import { foldDeletes } from './deletes.ts'

const launchedAt = at(10)

test('a delete.end with a launched_at makes a delete, deleted at its terminated_at', () => {
  const end = notice('delete.end', 99, {}, { launchedAt, terminatedAt: at(98), deletedAt: at(98.7) })
  expect(foldDeletes([notice('delete.start', 97, {}, { launchedAt }), end])).toEqual([
    { instance: 'server', launchedAt, deletedAt: at(98), payloadDeletedAt: at(98.7), notificationId: end.id },
  ])
})

test('without a terminated_at, deleted at its deleted_at', () => {
  const [row] = foldDeletes([notice('delete.end', 99, {}, { launchedAt, deletedAt: at(98.7) })])
  expect(row).toMatchObject({ deletedAt: at(98.7), payloadDeletedAt: at(98.7) })
})

test('an instance that was never launched, or is not deleted, makes none', () => {
  expect(foldDeletes([notice('delete.end', 99, {}, { terminatedAt: at(98) })])).toEqual([])
  expect(foldDeletes([notice('delete.end', 99, {}, { launchedAt })])).toEqual([])
  expect(foldDeletes([notice('delete.end', 99)])).toEqual([])
})

test('only delete.end does', () => {
  const facts = { launchedAt, terminatedAt: at(98) }
  const others = ['delete.start', 'soft_delete.end', 'shutdown.end', 'exists', 'update']
  expect(foldDeletes(others.map((event) => notice(event, 99, {}, facts)))).toEqual([])
})

test('there is one for each launched_at and deleted_at, the later notification counting', () => {
  const facts = { launchedAt, terminatedAt: at(98) }
  const [one, again] = [notice('delete.end', 99, {}, facts), notice('delete.end', 100, {}, facts)]
  const other = notice('delete.end', 101, {}, { launchedAt, terminatedAt: at(100) })
  expect(foldDeletes([one, again, other]).map(({ notificationId }) => notificationId)).toEqual([again.id, other.id])
})
