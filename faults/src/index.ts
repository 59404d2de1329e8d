import { backPressure, type Pressure } from './backPressure.ts'
import { everyFault } from './faults/index.ts'
import type { Options } from './options.ts'
import { planActs } from './plan.ts'
import { disturbedRun, quietRun } from './run.ts'
import { omittedLines, outcomeTable, pressureTable } from './table.ts'
import type { Servers } from './world/servers.ts'
import { createWorld } from './world/world.ts'

export { type Options, parseOptions, USAGE } from './options.ts'
export type { Servers, SmallDisk } from './world/servers.ts'

/** Loaded by every program of the disturbed run, by the name of the self-test. */
const selftests: Record<string, URL> = { 'ack-early': new URL('./selftestAckEarly.js', import.meta.url) }

/**
 * Runs the suite.
 *
 * @param selftest a fault in the programs themselves that the suite has to notice; empty for none
 * @param print takes the result
 * @param note takes what is going on
 * @returns whether nothing was lost, doubled, or otherwise than it must be
 */
export async function runFaults(
  servers: Servers,
  options: Options,
  selftest: string,
  print: (text: string) => void,
  note: (line: string) => void,
): Promise<boolean> {
  const preload = selftest === '' ? undefined : selftests[selftest]
  if (selftest !== '' && preload === undefined) throw new RangeError(`there is no self-test ${selftest}`)
  if (preload !== undefined)
    note(`self-test ${selftest}: ingest acknowledges before it stores, and losses must be reported`)
  const { faults, omitted } = everyFault(servers)
  const chosen = faults.filter(
    ({ name }) => options.only.length === 0 || options.only.some((part) => name.includes(part)),
  )
  const acts = planActs(chosen, options)
  note(
    `seed ${options.seed}: ${options.notifications} notifications, ${chosen.length} faults, ${options.rounds} times each`,
  )

  const calm = await createWorld(servers, 'faults_quiet', { disturbed: false, preload: null })
  const quiet = await quietRun(calm, acts, options, note).finally(() => calm.close())
  const world = await createWorld(servers, 'faults_disturbed', { disturbed: true, preload: preload?.href ?? null })
  const outcome = await disturbedRun(world, acts, options, quiet, note).finally(() => world.close())
  const pressures = options.only.length > 0 ? [] : await pressed(servers, options, note)

  const { total } = outcome
  const complaints = [...outcome.complaints, ...pressures.flatMap((pressure) => pressure.complaints)]
  for (const complaint of complaints) print(`${complaint}\n`)
  if (pressures.length > 0) print(`${pressureTable(pressures)}\n`)
  print(`${outcomeTable(outcome)}\n${omittedLines(omitted)}`)
  const whole = total.stored === total.notifications && total.rejected === 0
  const good = whole && total.lost + total.doubled + total.different === 0 && complaints.length === 0
  const short = options.short ? ' --short' : ''
  print(
    `seed ${options.seed}: ${total.notifications} notifications sent, ${total.stored} stored, ${total.rejected} rejected, ${total.lost} lost, ${total.doubled} doubled, ${total.different} rows of aggregates different: ${good ? 'passed' : 'FAILED'}\n`,
  )
  if (!good)
    print(
      `again: npm run test:faults --${short} --notifications ${options.notifications} --seed ${options.seed} --rounds ${options.rounds}\n`,
    )
  return good
}

/** What ingest does with a long queue, with a short one and a long one. */
function pressed(servers: Servers, { short }: Options, note: (line: string) => void): Promise<Pressure[]> {
  const [few, many] = short ? [1_000, 10_000] : [10_000, 200_000]
  note(`${few}, then ${many} messages wait while the database is away`)
  return backPressure(servers, few, many, !short)
}
