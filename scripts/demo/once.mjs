import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { until } from './open.mjs'
import { questions } from './questions.mjs'
import { showAnswer, tabular } from './show.mjs'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/**
 * The simulator's record of what it sent.
 * @typedef {object} Truth
 * @property {Record<'nova' | 'glance', { notifications: number }>} services
 * @property {Record<string, { tenant: string, timings: unknown[], lastWhen: number }>} instances
 * @property {Record<string, { usage: unknown, delete: unknown }>} images
 * @property {Record<string, { notifications: number }>} requests
 */

/** @typedef {{ stored: Record<'nova' | 'glance', number>, rejected: number, backlog: number }} Status */

/**
 * Sends a fixed stream, waits until everything is aggregated, and prints one table for each endpoint.
 * @param {import('./open.mjs').Demo} demo
 * @returns {Promise<number>} 0, or 1 if an endpoint fails or a notification is missing
 */
export async function once(demo) {
  const truthFile = join(demo.folder, 'truth.json')
  // Always at the same minute of an hour, because audits at the full hour change the cloud. It ends before now: the
  // situations of real clouds take four hours.
  const start = new Date(Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 5 * HOUR_MS + 20 * MINUTE_MS).toISOString()
  process.stderr.write('sending the notifications of 80 operations\n')
  await demo.run(
    'simulate',
    ...['--seed', 'demo', '--start', start, '--operations', '80', '--operations-per-minute', '1'],
    ...[
      '--failures',
      '0.25',
      '--format',
      'both',
      '--situations',
      'all',
      '--deployments',
      demo.deploymentsFile,
      '--truth',
      truthFile,
    ],
  )
  /** @type {Truth} */
  const truth = JSON.parse(readFileSync(truthFile, 'utf8'))
  const sent = { nova: truth.services.nova.notifications, glance: truth.services.glance.notifications, generic: 0 }

  /** @returns {Promise<Status>} */
  const readStatus = async () => JSON.parse(await demo.run('stacktach', 'status', '--json', '--count'))
  const isAggregated = async () => {
    const { stored, backlog } = await readStatus()
    return stored.nova >= sent.nova && stored.glance >= sent.glance && backlog === 0
  }
  await until(demo.stopping, [], isAggregated, `some notifications were not aggregated, see ${demo.folder}`)
  const status = await readStatus()
  const failures = []
  if (JSON.stringify(status.stored) !== JSON.stringify(sent) || status.rejected > 0) {
    failures.push(`stored ${JSON.stringify(status)}, but sent ${JSON.stringify(sent)}`)
  }

  const report = ['report', 'run', 'image-events-audit', '--period', 'day', '--at', new Date().toISOString()]
  const { id } = JSON.parse(await demo.run('stacktach', ...report, '--in-progress', '--wait', '--json'))
  for (const path of questions(await chooseSubjects(demo, truth, id))) {
    const { status: code, body } = await demo.query(`/stacky/${path}`)
    await showAnswer(`GET /stacky/${path}`, body)
    if (code !== 200) failures.push(`${path} answered ${code}`)
    else if ((tabular(body)?.length ?? 2) < 2) failures.push(`${path} returned no rows`)
  }
  process.stdout.write(
    `\n${sent.nova + sent.glance} notifications sent, ${status.stored.nova + status.stored.glance} stored, ` +
      `${status.rejected} rejected, ${status.backlog} pending aggregation\n`,
  )
  for (const failure of failures) process.stdout.write(`FAILED: ${failure}\n`)
  return failures.length === 0 ? 0 : 1
}

/**
 * What to query: the instance, image and request with the most data.
 * @param {import('./open.mjs').Demo} demo
 * @param {Truth} truth
 * @param {number} report
 */
async function chooseSubjects(demo, truth, report) {
  const [instance, { tenant }] = largest(truth.instances, ({ timings }) => timings.length)
  const [image] = largest(truth.images, (entry) => (entry.usage ? 1 : 0) + (entry.delete ? 1 : 0))
  const [request] = largest(truth.requests, ({ notifications }) => notifications)
  const { body } = await demo.query(`/stacky/uuid?uuid=${instance}&limit=1`)
  const first = Math.min(...Object.values(truth.instances).map(({ lastWhen }) => lastWhen))
  return { instance, image, request, tenant, show: tabular(body)?.[1]?.[0], report, since: Math.floor(first / 1e6) }
}

/**
 * The entry with the greatest size.
 * @template T
 * @param {Record<string, T>} entries
 * @param {(value: T) => number} size
 * @returns {[string, T]}
 */
function largest(entries, size) {
  return Object.entries(entries).reduce((best, entry) => (size(entry[1]) > size(best[1]) ? entry : best))
}
