import { type Database, deletesOf, existsOf, launchesOf, operationsOfInstance, type Place } from '@stacktach/db'
import { operation, operationCursor, toOperation } from './items/operation.ts'
import {
  deleteCursor,
  existsCursor,
  existsItem,
  instanceDelete,
  launch,
  launchCursor,
  toExists,
  toInstanceDelete,
  toLaunch,
} from './items/usage.ts'
import { pageOf, rowsToRead, toPage } from './page.ts'

interface Page<When extends number | null = number> {
  instance: string
  after?: Place<When> | undefined
  limit: number
}

/** A page of an instance's operations. */
export const operationPage = pageOf(operation).meta({ id: 'Operations' })

/** Reads a page of operations, newest first. */
export async function operationPageOf(db: Database, { instance, after: before, limit }: Page) {
  const rows = await operationsOfInstance(db, { instance, before, limit: rowsToRead(limit) })
  return toPage(rows, limit, toOperation, ({ when, id }) => operationCursor.encode([when, id]))
}

/** A page of an instance's launches. */
export const launchPage = pageOf(launch).meta({ id: 'Launches' })

/** Reads a page of launches; those without a time come first, then the latest. */
export async function launchPageOf(db: Database, { limit, ...page }: Page<number | null>) {
  const rows = await launchesOf(db, { ...page, limit: rowsToRead(limit) })
  return toPage(rows, limit, toLaunch, ({ launchedAt, id }) => launchCursor.encode([launchedAt, id]))
}

/** A page of an instance's deletes. */
export const deletePage = pageOf(instanceDelete).meta({ id: 'Deletes' })

/** Reads a page of deletes, latest first. */
export async function deletePageOf(db: Database, { limit, ...page }: Page) {
  const rows = await deletesOf(db, { ...page, limit: rowsToRead(limit) })
  return toPage(rows, limit, toInstanceDelete, ({ deletedAt, id }) => deleteCursor.encode([deletedAt, id]))
}

/** A page of an instance's exists. */
export const existsItems = pageOf(existsItem).meta({ id: 'ExistsOfInstance' })

/** Reads a page of exists, newest first. */
export async function existsPageOf(db: Database, { limit, ...page }: Page) {
  const rows = await existsOf(db, { ...page, limit: rowsToRead(limit) })
  return toPage(rows, limit, toExists, ({ when, id }) => existsCursor.encode([when, id]))
}
