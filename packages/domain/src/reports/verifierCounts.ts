/** Number of exists by status and HTTP response. */
export interface ExistsCount {
  status: string
  /** 0 if unsent, otherwise the HTTP status that the billing system reported; if it has not, 201 once published. */
  sendStatus: number
  count: number
}

/** The statuses of StackTach's verifier; some occur only there. */
const statuses = [
  'pending',
  'verifying',
  'verified',
  'failed',
  'reconciled',
  'sent_unverified',
  'sent_failed',
  'sent_verifying',
] as const

/** Counts exists by status, and verified ones also by HTTP response. */
export function verifierCounts(counts: readonly ExistsCount[]): Record<string, unknown> {
  const total = (predicate: (count: ExistsCount) => boolean) =>
    counts.filter(predicate).reduce((sum, { count }) => sum + count, 0)
  const sent = (status: string) => {
    const between = (low: number, high: number) =>
      total((count) => count.status === status && count.sendStatus >= low && count.sendStatus < high)
    return {
      unsent: between(0, 1),
      success: between(200, 300),
      redirect: between(300, 400),
      client_error: between(400, 500),
      server_error: between(500, 600),
    }
  }
  return {
    count: total(() => true),
    ...Object.fromEntries(statuses.map((status) => [status, total((count) => count.status === status)])),
    send_status: sent('verified'),
    send_status_rec: sent('reconciled'),
  }
}
