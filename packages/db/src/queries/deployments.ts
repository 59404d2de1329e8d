import type { Database } from '../connection/open.ts'

/** Every deployment, by name (by code point, whatever the database's collation). */
export async function listDeployments(db: Database): Promise<{ id: number; name: string }[]> {
  const rows = await db.prisma.deployment.findMany({ select: { id: true, name: true } })
  return rows.sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Names of all deployments by id: there is one for each broker, a few dozen at most. */
export async function deploymentNames(db: Database): Promise<ReadonlyMap<number, string>> {
  return new Map((await listDeployments(db)).map(({ id, name }) => [id, name]))
}
