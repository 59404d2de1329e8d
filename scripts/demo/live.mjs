import { setTimeout as sleep } from 'node:timers/promises'
import { showAnswer } from './show.mjs'

const WATCH_INTERVAL_MS = 1_000
const TABLES_INTERVAL_MS = 15_000

const tables = ['summary', 'kpi', 'usage/launches?limit=8', 'usage/deletes?limit=8', 'hosts']

/**
 * Runs a simulated cloud until Ctrl-C; prints each notification as it arrives and, at intervals, answers of the API.
 * @param {import('./open.mjs').Demo} demo
 * @returns {Promise<number>} the exit code
 */
export async function live(demo) {
  const options = ['--format', 'both', '--situations', 'all', '--deployments', demo.deploymentsFile]
  process.stderr.write('sending the notifications of the last six hours\n')
  await demo.run('simulate', '--seed', 'history', '--usage-faults', '0.1', ...options)
  for (const report of ['region-summary', 'error-details', 'image-events-audit']) {
    await demo.run('stacktach', 'report', 'run', report, '--at', new Date().toISOString(), '--in-progress')
  }
  const simulator = demo.start('simulate', '--live', ...options)
  process.stdout.write(
    `\nopen ${demo.address}/ in a browser; the API answers at ${demo.address}/stacky/deployments; Ctrl-C ends the demo\n\n`,
  )
  let since = String(Math.floor(Date.now() / 1000))
  let nextTables = Date.now() + TABLES_INTERVAL_MS
  while (!demo.stopping.aborted) {
    if (simulator.exitCode !== null) throw new Error(`the simulated cloud ended, see ${demo.folder}/simulate.log`)
    await sleep(WATCH_INTERVAL_MS, undefined, { signal: demo.stopping }).catch(() => {})
    if (demo.stopping.aborted) break
    const { body } = await demo.query(`/stacky/watch/0?since=${since}`)
    const [, rows, next] = /** @type {import('./show.mjs').WatchAnswer} */ (body)
    since = next
    for (const [, kind, , time, deployment, event, uuid] of rows) {
      process.stdout.write(
        `${String(time).padEnd(15)} ${kind} ${String(deployment).padEnd(6)} ${String(event).padEnd(44)} ${uuid}\n`,
      )
    }
    if (Date.now() < nextTables) continue
    nextTables = Date.now() + TABLES_INTERVAL_MS
    for (const path of tables)
      await showAnswer(`GET ${demo.address}/stacky/${path}`, (await demo.query(`/stacky/${path}`)).body)
    process.stdout.write('\n')
  }
  process.stdout.write('\nstopping\n')
  return 0
}
