import { showAnswer } from './show.mjs'

/** Milliseconds between two looks at what arrived, and between two rounds of tables. */
const LOOK = 1_000
const TABLES = 15_000

const tables = ['summary', 'kpi', 'usage/launches?limit=8', 'usage/deletes?limit=8', 'hosts']

/**
 * Lets a simulated cloud run, and shows what arrives and, now and then, what the API answers, until Ctrl-C.
 * @param {import('./open.mjs').Demo} demo
 * @returns {Promise<number>} the exit code
 */
export async function live(demo) {
  const simulator = demo.start('simulate', '--live', '--format', 'both', '--deployments', demo.deploymentsFile)
  process.stdout.write(`\nthe API answers at ${demo.address}/stacky/deployments — Ctrl-C ends the demo\n\n`)
  let since = String(Math.floor(Date.now() / 1000))
  let nextTables = Date.now() + TABLES
  while (!demo.stopping.aborted) {
    if (simulator.exitCode !== null) throw new Error(`the simulated cloud ended, see ${demo.folder}/simulate.log`)
    await pause(demo.stopping)
    if (demo.stopping.aborted) break
    const { body } = await demo.ask(`/stacky/watch/0?since=${since}`)
    const [, rows, next] = body
    since = next
    for (const [, kind, , time, deployment, event, uuid] of rows) {
      process.stdout.write(`${time.padEnd(15)} ${kind} ${deployment.padEnd(6)} ${event.padEnd(44)} ${uuid}\n`)
    }
    if (Date.now() < nextTables) continue
    nextTables = Date.now() + TABLES
    for (const path of tables)
      await showAnswer(`GET ${demo.address}/stacky/${path}`, (await demo.ask(`/stacky/${path}`)).body)
    process.stdout.write('\n')
  }
  process.stdout.write('\nstopping\n')
  return 0
}

function pause(stopping) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, LOOK)
    stopping.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
