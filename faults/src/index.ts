import { backPressure, type Pressure } from './backPressure.ts'
import { allFaults } from './faults/index.ts'
import type { Options } from './options.ts'
import { planSegments } from './plan.ts'
import { faultRun, type Outcome, referenceRun } from './run.ts'
import type { Servers } from './stack/servers.ts'
import { createStack } from './stack/stack.ts'
import { omittedLines, outcomeTable, pressureTable } from './table.ts'

export { type Options, parseOptions, USAGE } from './options.ts'
export type { Servers, SmallDisk } from './stack/servers.ts'

/** The modules of the self-tests by name. Every program of the run with faults loads the module. */
const selftests: Record<string, URL> = { 'ack-early': new URL('./selftestAckEarly.js', import.meta.url) }

/**
 * Runs the suite.
 *
 * @param selftest a defect to add to the programs, which the suite has to detect; empty for none
 * @param print prints the result
 * @param log logs the progress
 * @returns whether the suite passed: no loss, duplicate, difference or other problem
 */
export async function runFaults(
  servers: Servers,
  options: Options,
  selftest: string,
  print: (text: string) => void,
  log: (line: string) => void,
): Promise<boolean> {
  const preload = selftest === '' ? undefined : selftests[selftest]
  if (selftest !== '' && preload === undefined) throw new RangeError(`unknown self-test ${selftest}`)
  if (preload !== undefined)
    log(`self-test ${selftest}: ingest acknowledges messages before it stores them; the suite must report losses`)
  const { faults, omitted } = allFaults(servers)
  const selected = faults.filter(
    ({ name }) => options.only.length === 0 || options.only.some((part) => name.includes(part)),
  )
  const segments = planSegments(selected, options)
  const { seed, notifications, rounds } = options
  log(`seed ${seed}: ${notifications} notifications, ${selected.length} faults, ${rounds} times each`)

  const quiet = await createStack(servers, 'faults_quiet', { onSmallDisk: false, preload: null })
  const reference = await referenceRun(quiet, segments, options, log).finally(() => quiet.close())
  const disturbed = await createStack(servers, 'faults_disturbed', {
    onSmallDisk: true,
    preload: preload?.href ?? null,
  })
  const outcome = await faultRun(disturbed, segments, options, reference, log).finally(() => disturbed.close())
  const pressures = options.only.length > 0 ? [] : await runBackPressure(servers, options, log)
  return report(outcome, pressures, options, omittedLines(omitted), print)
}

/** Prints the result. Returns whether the suite passed. */
function report(
  outcome: Outcome,
  pressures: readonly Pressure[],
  options: Options,
  omitted: string,
  print: (text: string) => void,
): boolean {
  const { total } = outcome
  const problems = [...outcome.problems, ...pressures.flatMap((pressure) => pressure.problems)]
  for (const problem of problems) print(`${problem}\n`)
  if (pressures.length > 0) print(`${pressureTable(pressures)}\n`)
  print(`${outcomeTable(outcome)}\n${omitted}`)
  const complete = total.stored === total.notifications && total.rejected === 0
  const passed = complete && total.lost + total.duplicates + total.different === 0 && problems.length === 0
  const counts = [
    `${total.notifications} notifications sent`,
    `${total.stored} stored`,
    `${total.rejected} rejected`,
    `${total.lost} lost`,
    `${total.duplicates} duplicates`,
    `${total.different} rows of aggregates different`,
  ].join(', ')
  print(`seed ${options.seed}: ${counts}: ${passed ? 'passed' : 'FAILED'}\n`)
  if (!passed) {
    const { short, notifications, seed, rounds } = options
    const args = `${short ? '--short ' : ''}--notifications ${notifications} --seed ${seed} --rounds ${rounds}`
    print(`to repeat: npm run test:faults -- ${args}\n`)
  }
  return passed
}

/** Compares how ingest behaves with a short and a long queue while the database is unavailable. */
function runBackPressure(servers: Servers, { short }: Options, log: (line: string) => void): Promise<Pressure[]> {
  const [few, many] = short ? [1_000, 10_000] : [10_000, 200_000]
  log(`back pressure: ${few}, then ${many} messages are queued while the database is unavailable`)
  return backPressure(servers, few, many, short)
}
