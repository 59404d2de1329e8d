import type { Database } from '@stacktach/db'

/** What became of an exists: null when it was verified, else the reason. */
export type Verdicts = Record<string, string | null>

/** Waits until no exists is pending. */
export async function allVerified({ pool }: Database): Promise<void> {
  const deadline = Date.now() + 60_000
  for (;;) {
    const { rows } = await pool.query<{ pending: number }>(
      `select ((select count(*) from instance_exists where status = 'pending')
             + (select count(*) from image_exists where status = 'pending'))::int as pending`,
    )
    if (rows[0]?.pending === 0) return
    if (Date.now() > deadline) throw new Error(`${rows[0]?.pending} exists are still pending`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** Waits until every exists that is verified is marked as sent. */
export async function everySent({ pool }: Database): Promise<void> {
  const deadline = Date.now() + 60_000
  for (;;) {
    const { rows } = await pool.query<{ unsent: number }>(
      `select ((select count(*) from instance_exists where status = 'verified' and send_status <> 201)
             + (select count(*) from publication where send_status <> 201))::int as unsent`,
    )
    if (rows[0]?.unsent === 0) return
    if (Date.now() > deadline) throw new Error(`${rows[0]?.unsent} verified exists are still not sent`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** The verdict on every exists of nova, by message id. */
export async function novaVerdicts({ pool }: Database): Promise<Verdicts> {
  return toVerdicts(await pool.query('select message_id as key, status, fail_reason from instance_exists'))
}

/** The verdict on every image of every exists of glance, by message id and image. */
export async function glanceVerdicts({ pool }: Database): Promise<Verdicts> {
  return toVerdicts(await pool.query(`select message_id || ' ' || uuid as key, status, fail_reason from image_exists`))
}

function toVerdicts({ rows }: { rows: { key: string; status: string; fail_reason: string | null }[] }): Verdicts {
  return Object.fromEntries(
    rows.map(({ key, status, fail_reason }) => {
      if ((status === 'verified') !== (fail_reason === null)) throw new Error(`${key} is ${status}: ${fail_reason}`)
      return [key, fail_reason]
    }),
  )
}
