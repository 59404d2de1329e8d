import { type Service, services } from '@stacktach/domain'

/** An id of each service. */
export type IdOfService = Readonly<Record<Service, number>>

/** A moment of which is known which transactions and ids there were. */
interface Checkpoint {
  /** All transactions from this one on began to write after the moment. */
  transaction: number
  /** At the moment these ids had been assigned. */
  ids: IdOfService
}

/**
 * Ids below which no row of a later transaction can be, so that a scan of the primary key from there on finds all of them.
 *
 * A transaction gets its id before it takes ids for its rows (storeStatement). A snapshot has the highest ended transaction;
 * of the later ones as many can have begun as the server has processes. So the transactions after these began after the
 * snapshot, and their rows have higher ids than every row that was visible in it, however long they stay open.
 */
export class IdBounds {
  #passed: IdOfService
  #checkpoints: Checkpoint[] = []

  /** @param initial until the first checkpoint applies */
  constructor(initial: IdOfService) {
    this.#passed = initial
  }

  /**
   * Adds a snapshot.
   *
   * @param ended one more than the highest ended transaction of the snapshot
   * @param maxRunning maximum number of transactions that are running at the same time
   * @param ids that were visible in the snapshot
   */
  add(ended: number, maxRunning: number, ids: IdOfService): void {
    const last = this.#checkpoints.at(-1)?.ids ?? this.#passed
    // Without a new id, the earlier checkpoint is the better one.
    if (services.every((service) => ids[service] <= last[service])) return
    this.#checkpoints.push({ transaction: ended + maxRunning, ids })
  }

  /** Rows of this transaction and later ones have higher ids. Must be called with increasing transactions. */
  before(transaction: number): IdOfService {
    const applicable = this.#checkpoints.filter((checkpoint) => checkpoint.transaction <= transaction)
    this.#checkpoints = this.#checkpoints.slice(applicable.length)
    for (const { ids } of applicable) this.#passed = higherIds(this.#passed, ids)
    return this.#passed
  }
}

/** The higher id of each service. */
export function higherIds(a: IdOfService, b: IdOfService): IdOfService {
  return {
    nova: Math.max(a.nova, b.nova),
    glance: Math.max(a.glance, b.glance),
    generic: Math.max(a.generic, b.generic),
  }
}
