/** What StackTach's `/db` and its reports call the verification status of an exists that was repaired. */
const REPAIRED_STATUSES = { pending: 'sent_unverified', failed: 'sent_failed' } as const

/** SQL: the verification status of an exists `e` as StackTach shows it. */
export function shownStatus(e: string): string {
  const cases = Object.entries(REPAIRED_STATUSES).map(([status, shown]) => `when '${status}' then '${shown}'`)
  return `case when ${e}.repaired then case ${e}.status ${cases.join(' ')} else ${e}.status end else ${e}.status end`
}

/** SQL: the send status of an exists `e` in StackTach's sense: the billing system's word, else the broker's. */
export function shownSendStatus(e: string): string {
  return `coalesce(${e}.confirm_status, ${e}.send_status)`
}

/** SQL condition: the broker or the billing system has an exists `e`. */
export function isDelivered(e: string): string {
  return `(${e}.send_status between 200 and 299 or ${e}.confirm_status between 200 and 299)`
}

/** SQL: the key of the outbox message about a nova exists `e`: instance, audit period and launched_at, to the second. */
export function novaOutboxKey(e: string): string {
  return `concat_ws(' ', ${e}.instance, coalesce(${e}.audit_period_beginning / 1000000, 0),
                    coalesce(${e}.audit_period_ending / 1000000, 0), ${e}.launched_at / 1000000)`
}

/** SQL: the key of the outbox message about the glance exists of an image `e`. */
export function glanceOutboxKey(e: string): string {
  return `${e}.deployment_id || ' ' || ${e}.dedup_key`
}
