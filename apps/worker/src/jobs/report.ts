import { deploymentsInRegion, inSnapshot, reportKeptSince, storeReport } from '@stacktach/db'
import { floorTo, reportHeading, reportRefusal, SECOND } from '@stacktach/domain'
import type { Payload } from '@stacktach/jobs'
import type { JobContext } from './context.ts'
import { makeReport } from './makeReport.ts'

/** Which one StackTach shows beside the median. */
const PERCENTILE = 97

/** What a report's job comes to: it is made, it was there already, or it cannot be made, and trying again would not help. */
export interface ReportOutcome {
  /** Null when it was there already, or refused. */
  id: number | null
  refused?: string
}

/** Makes a report of a period and stores it with what it was made from. */
export async function handleReport(
  { database, rules, clock }: JobContext,
  { report: kind, period, region, deployments, percentile, once, inProgress }: Payload<'report'>,
): Promise<ReportOutcome> {
  const refusal = async () =>
    reportRefusal(period, { now: clock(), keptSince: await reportKeptSince(database.pool, kind), inProgress })
  const refused = await refusal()
  if (refused !== null) return { id: null, refused }
  const json = await inSnapshot(database, async (client) => {
    const covered = await deploymentsInRegion(client, { region, names: deployments ?? [] })
    if (covered.length === 0 && (region !== '' || deployments !== undefined)) return undefined
    const all = region === '' && deployments === undefined
    return makeReport[kind](client, {
      scope: { period, rules, deployments: all ? null : covered.map(({ id }) => id) },
      region: deployments?.join(',') ?? region,
      deployments: covered.map(({ name }) => name),
      percentile: percentile ?? PERCENTILE,
    })
  })
  if (json === undefined)
    return { id: null, refused: `no deployment is ${deployments?.join(' or ') ?? `in ${region}`}` }
  // What goes is announced before it goes: so nothing that was read had gone.
  const gone = await refusal()
  if (gone !== null) return { id: null, refused: gone }
  const label = deployments?.join(',') ?? region
  const heading = reportHeading(kind, { period, region: label })
  const id = await storeReport(
    database,
    {
      ...heading,
      over: period.until,
      region: label,
      parameters: { deployments, percentile },
      // Whole seconds, as operators search for it.
      createdAt: floorTo(clock(), SECOND),
      json,
    },
    once,
  )
  return { id }
}
