import type { Instant } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'

/** All deployments, sorted by name in code point order, independently of the database's collation. */
export async function listDeployments(db: Database): Promise<{ id: number; name: string }[]> {
  const rows = await db.prisma.deployment.findMany({ select: { id: true, name: true } })
  return rows.sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Names of all deployments by id. There is one deployment per broker: a few dozen at most. */
export async function deploymentNames(db: Database): Promise<ReadonlyMap<number, string>> {
  return new Map((await listDeployments(db)).map(({ id, name }) => [id, name]))
}

/** A deployment with the latest time of its notifications; null if it has sent none. */
export interface DeploymentActivity {
  id: number
  name: string
  lastWhen: Instant | null
}

/** When each deployment last sent a notification, sorted by name. */
export async function deploymentActivity({ pool }: Database): Promise<DeploymentActivity[]> {
  const { rows } = await pool.query<DeploymentActivity>(
    'select id, name, last_when as "lastWhen" from deployment order by name collate "C"',
  )
  return rows
}
