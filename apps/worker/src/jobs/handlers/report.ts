import { deploymentsInRegion, inSnapshot, reportKeptSince, storeReport } from '@stacktach/db'
import { floorTo, reportHeading, reportRefusal, SECOND } from '@stacktach/domain'
import type { Payload, Result } from '@stacktach/jobs'
import type { JobContext } from '../context.ts'
import { makeReport } from './makeReport.ts'

/** The percentile that StackTach shows beside the median. */
const DEFAULT_PERCENTILE = 97

/** Makes a report of a period and stores it with its parameters. */
export async function handleReport(
  { database, rules, clock }: JobContext,
  { report: kind, period, region, deployments, percentile, once, inProgress }: Payload<'report'>,
): Promise<Result<'report'>> {
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
      percentile: percentile ?? DEFAULT_PERCENTILE,
    })
  })
  if (json === undefined)
    return { id: null, refused: `no deployment is ${deployments?.join(' or ') ?? `in ${region}`}` }
  // Retention announces a deletion before it deletes: if nothing is announced now, all rows were present when read.
  const refusedNow = await refusal()
  if (refusedNow !== null) return { id: null, refused: refusedNow }
  const label = deployments?.join(',') ?? region
  const heading = reportHeading(kind, { period, region: label })
  const id = await storeReport(
    database,
    {
      ...heading,
      over: period.until,
      region: label,
      parameters: { deployments, percentile },
      // Whole seconds, because operators search by it.
      createdAt: floorTo(clock(), SECOND),
      json,
    },
    once,
  )
  return { id }
}
