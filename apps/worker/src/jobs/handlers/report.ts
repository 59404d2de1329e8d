import { deploymentsInRegion, inSnapshot, reportKeptSince, storeReport } from '@stacktach/db'
import { floorTo, reportHeading, reportRefusal, SECOND } from '@stacktach/domain'
import type { Payload, Result } from '@stacktach/jobs'
import type { JobContext } from '../context.ts'
import { makeReport } from './makeReport.ts'

/** The percentile that StackTach shows next to the median. */
const DEFAULT_PERCENTILE = 97

/** Makes a report of a period and stores it with its parameters. */
export async function handleReport(
  { database, rules, clock }: JobContext,
  { report: kind, period, region, deployments, percentile, once, inProgress }: Payload<'report'>,
): Promise<Result<'report'>> {
  const refusalReason = async () =>
    reportRefusal(period, { now: clock(), keptSince: await reportKeptSince(database.pool, kind), inProgress })
  const refused = await refusalReason()
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
    return {
      id: null,
      refused: deployments
        ? `no deployment is named ${deployments.join(' or ')}`
        : `region ${region} has no deployment`,
    }
  // Retention raises its horizon before it deletes: if the period is still after the horizon, all its rows were read.
  const refusedNow = await refusalReason()
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
