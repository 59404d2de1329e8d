import { type Service, services } from '@stacktach/domain'

/**
 * A place in the order of arrival: by the transaction that inserted a notification, then by service, then by id.
 * Transactions in this order have ended, so a row never arrives before a place that was passed.
 */
export interface ArrivalPosition {
  /** Full id (64 bits) of the inserting transaction. */
  transaction: number
  service: Service
  /** Id of the notification; 0: before all notifications of the service in this transaction. */
  id: number
}

/** The position before all rows of a transaction and of later ones. */
export function beforeTransaction(transaction: number): ArrivalPosition {
  return { transaction, service: services[0], id: 0 }
}

/** Negative if `a` is before `b`, 0 if they are equal. */
export function compareArrivals(a: ArrivalPosition, b: ArrivalPosition): number {
  return a.transaction - b.transaction || services.indexOf(a.service) - services.indexOf(b.service) || a.id - b.id
}

/** The position as text, such as `74122-nova-1001`. */
export function formatPosition({ transaction, service, id }: ArrivalPosition): string {
  return `${transaction}-${service}-${id}`
}

/** Returns null for any other text. */
export function parsePosition(text: string): ArrivalPosition | null {
  const [, transaction, name, id] = /^(\d{1,15})-([a-z]+)-(\d{1,15})$/.exec(text) ?? []
  const service = services.find((candidate) => candidate === name)
  return service === undefined ? null : { transaction: Number(transaction), service, id: Number(id) }
}
