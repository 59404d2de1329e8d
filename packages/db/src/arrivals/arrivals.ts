import { type Service, services } from '@stacktach/domain'
import type pg from 'pg'
import type { Database } from '../connection/open.ts'
import type { ListedNotification } from '../queries/listedNotification.ts'
import {
  dueRows,
  highestIds,
  inArrivalSnapshot,
  listedRows,
  RECENT_ROWS,
  recentRows,
  transactionSnapshot,
} from './arrivalQueries.ts'
import { higherIds, IdBounds, type IdOfService } from './idBounds.ts'
import { type ArrivalPosition, beforeTransaction, compareArrivals } from './position.ts'
import { completeFrom, recentPositions } from './recent.ts'

/** A notification in the order of arrival. */
export interface Arrival {
  position: ArrivalPosition
  service: Service
  notification: ListedNotification
}

/** Result of one read. */
export interface ArrivalBatch {
  arrivals: Arrival[]
  /** All rows up to here have been returned. */
  position: ArrivalPosition
  /** Whether more rows can be read at once. */
  more: boolean
  /** A transaction that is still running holds back all later ones. */
  heldBack: boolean
  /** The database is behind the position: another replica, or one restored from a backup. */
  behind: boolean
}

/** Ids below the highest one in which transactions that are open at the start can have rows. */
const OPEN_AT_START_IDS = 20_000

/**
 * Reads notifications in the order of arrival: each committed row exactly once, whatever order transactions commit in. An id
 * alone would lose rows, because ids are assigned before the commit. A row is returned when all earlier transactions have
 * ended, so a transaction that stays open holds back the rows of later ones.
 */
export class ArrivalReader {
  readonly #db: Database
  readonly #bounds: IdBounds
  #position: ArrivalPosition
  #highest: IdOfService
  /** Returned ids above the bounds: a refold updates rows, which then have the xmin of its transaction. */
  readonly #returned: Record<Service, Set<number>> = { nova: new Set(), glance: new Set(), generic: new Set() }

  private constructor(db: Database, position: ArrivalPosition, highest: IdOfService) {
    this.#db = db
    this.#position = position
    this.#highest = highest
    this.#bounds = new IdBounds({
      nova: highest.nova - OPEN_AT_START_IDS,
      glance: highest.glance - OPEN_AT_START_IDS,
      generic: highest.generic - OPEN_AT_START_IDS,
    })
  }

  /** Starts with the rows of transactions that have not ended yet. */
  static open(db: Database): Promise<ArrivalReader> {
    return inArrivalSnapshot(db, async (client) => {
      const { horizon } = await transactionSnapshot(client)
      return new ArrivalReader(db, beforeTransaction(horizon), await highestIds(client))
    })
  }

  /** All rows up to here have been returned. */
  get position(): ArrivalPosition {
    return this.#position
  }

  /**
   * Returns the next rows. A failure changes nothing: the same rows are returned by the next call.
   *
   * @returns null if too many rows arrived since the previous call, or while a transaction was open; open a new reader then
   */
  next(limit: number): Promise<ArrivalBatch | null> {
    return inArrivalSnapshot(this.#db, async (client) => {
      const { horizon, ended, maxRunning } = await transactionSnapshot(client)
      const from = this.#position
      const state = { heldBack: horizon < ended, behind: horizon < from.transaction }
      if (horizon <= from.transaction) return { arrivals: [], position: from, more: false, ...state }
      const above = this.#bounds.before(from.transaction)
      const due = await dueRows(client, { after: from, horizon, above, limit })
      if (due === null) return null
      const fresh = due.filter(({ position: { service, id } }) => !this.#returned[service].has(id))
      const arrivals = await withColumns(client, fresh)
      // From here on nothing can fail.
      const more = due.length === limit
      this.#position = more ? (due.at(-1)?.position ?? from) : beforeTransaction(horizon)
      this.#remember(arrivals, above)
      this.#bounds.add(ended, maxRunning, this.#highest)
      return { arrivals, position: this.#position, more, ...state }
    })
  }

  #remember(arrivals: readonly Arrival[], above: IdOfService): void {
    for (const service of services) {
      const returned = this.#returned[service]
      for (const id of returned) if (id <= above[service]) returned.delete(id)
    }
    for (const { service, notification } of arrivals) {
      this.#returned[service].add(notification.id)
      this.#highest = higherIds(this.#highest, { nova: 0, glance: 0, generic: 0, [service]: notification.id })
    }
  }
}

/** The rows before a position, and from where on they are complete. */
export interface EarlierArrivals {
  arrivals: Arrival[]
  /** No row between here and the position is missing. */
  completeFrom: ArrivalPosition
}

/** Reads up to `limit` of the rows before a position, in the order of arrival; at most RECENT_ROWS of each service. */
export function arrivalsBefore(db: Database, before: ArrivalPosition, limit: number): Promise<EarlierArrivals> {
  return inArrivalSnapshot(db, async (client) => {
    const highest = await highestIds(client)
    const rows = await recentRows(client, highest)
    const positions = recentPositions(rows, before.transaction).filter(
      ({ position }) => compareArrivals(position, before) < 0,
    )
    const kept = positions.slice(-limit)
    const complete = completeFrom(rows, before.transaction, (service) => highest[service] > RECENT_ROWS)
    const first = kept.length < positions.length ? kept[0]?.position : undefined
    return {
      arrivals: (await withColumns(client, kept)).filter(({ position }) => compareArrivals(position, complete) >= 0),
      completeFrom: first !== undefined && compareArrivals(first, complete) > 0 ? first : complete,
    }
  })
}

async function withColumns(
  client: pg.PoolClient,
  rows: readonly { position: ArrivalPosition; when: number }[],
): Promise<Arrival[]> {
  const listed: Record<Service, Map<number, ListedNotification>> = {
    nova: await listedRows(client, 'nova', keysOf(rows, 'nova')),
    glance: await listedRows(client, 'glance', keysOf(rows, 'glance')),
    generic: await listedRows(client, 'generic', keysOf(rows, 'generic')),
  }
  return rows.flatMap(({ position }) => {
    const { service, id } = position
    const notification = listed[service].get(id)
    return notification === undefined ? [] : [{ position, service, notification }]
  })
}

function keysOf(rows: readonly { position: ArrivalPosition; when: number }[], service: Service) {
  return rows
    .filter(({ position }) => position.service === service)
    .map(({ position, when }) => ({ id: position.id, when }))
}
