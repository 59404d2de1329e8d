import { type Database, deletesOf, existsOf, launchesOf, type Place } from '@stacktach/db'
import {
  deleteCursor,
  exists,
  existsCursor,
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

/** A page of an instance's launches. */
export const launchPage = pageOf(launch).meta({ id: 'Launches' })

export async function readLaunches(db: Database, { limit, ...page }: Page<number | null>) {
  const rows = await launchesOf(db, { ...page, limit: rowsToRead(limit) })
  return toPage(rows, limit, toLaunch, ({ launchedAt, id }) => launchCursor.encode([launchedAt, id]))
}

/** A page of an instance's deletes. */
export const deletePage = pageOf(instanceDelete).meta({ id: 'Deletes' })

export async function readDeletes(db: Database, { limit, ...page }: Page) {
  const rows = await deletesOf(db, { ...page, limit: rowsToRead(limit) })
  return toPage(rows, limit, toInstanceDelete, ({ deletedAt, id }) => deleteCursor.encode([deletedAt, id]))
}

/** A page of an instance's exists. */
export const existsPage = pageOf(exists).meta({ id: 'ExistsOfInstance' })

export async function readExists(db: Database, { limit, ...page }: Page) {
  const rows = await existsOf(db, { ...page, limit: rowsToRead(limit) })
  return toPage(rows, limit, toExists, ({ when, id }) => existsCursor.encode([when, id]))
}
