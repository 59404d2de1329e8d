/** Number of 32-bit transaction ids. The system column xmin has only the low 32 bits of a transaction id. */
export const TRANSACTION_IDS = 2 ** 32

/** Transaction ids below are reserved: PostgreSQL gives them to no transaction. */
export const FIRST_TRANSACTION_ID = 3

/**
 * How many ids after the transaction `from` the next transaction is whose low 32 bits are `xmin`.
 *
 * @param from a full transaction id, or its low 32 bits
 */
export function transactionsAfter(from: number, xmin: number): number {
  return (xmin - (from % TRANSACTION_IDS) + TRANSACTION_IDS) % TRANSACTION_IDS
}

/**
 * The full id of the transaction that inserted a visible row.
 *
 * @param xmin of the row
 * @param near a full transaction id that is less than 2^31 transactions away
 */
export function fullTransactionId(xmin: number, near: number): number {
  const after = transactionsAfter(near, xmin)
  return after < TRANSACTION_IDS / 2 ? near + after : near + after - TRANSACTION_IDS
}
