import { type Service, services } from '@stacktach/domain'
import type { ScannedRow } from './arrivalQueries.ts'
import { type ArrivalPosition, beforeTransaction, compareArrivals } from './position.ts'
import { FIRST_TRANSACTION_ID, fullTransactionId } from './transactionId.ts'

/** Rows with the lowest ids, whose neighbours with lower ids can be of any of their transactions. */
const MARGIN_ROWS = 2_000

/** The positions of scanned rows, in the order of arrival. */
export function recentPositions(
  rows: readonly ScannedRow[],
  near: number,
): { position: ArrivalPosition; when: number }[] {
  return rows
    .filter(({ xmin }) => xmin >= FIRST_TRANSACTION_ID)
    .map(({ service, id, when, xmin }) => ({
      position: { transaction: fullTransactionId(xmin, near), service, id },
      when,
    }))
    .sort((a, b) => compareArrivals(a.position, b.position))
}

/**
 * The position from which the scanned rows are all rows. A transaction can have rows in the scanned ids and below. The scan
 * begins in the middle of such transactions, whose rows are within the margin.
 *
 * @param rows by service and id
 * @param isCut whether a service has rows with lower ids
 */
export function completeFrom(
  rows: readonly ScannedRow[],
  near: number,
  isCut: (service: Service) => boolean,
): ArrivalPosition {
  let transaction = 0
  for (const service of services.filter(isCut)) {
    const margin = rows.filter((row) => row.service === service).slice(0, MARGIN_ROWS)
    for (const { xmin } of margin) transaction = Math.max(transaction, fullTransactionId(xmin, near) + 1)
  }
  return beforeTransaction(transaction)
}
