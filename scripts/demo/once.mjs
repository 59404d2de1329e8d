import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { until } from './open.mjs'
import { questions } from './questions.mjs'
import { showAnswer, tabular } from './show.mjs'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/**
 * Sends a fixed stream through the whole of it, waits until all is aggregated, and prints one table for each endpoint.
 * @param {import('./open.mjs').Demo} demo
 * @returns {Promise<number>} 0, or 1 when an endpoint fails or anything is missing
 */
export async function once(demo) {
  const truthFile = join(demo.folder, 'truth.json')
  // At the same place of the hour each time, or the audits at full hours would find another cloud; over before now.
  const start = new Date(Math.floor(Date.now() / HOUR) * HOUR - 2 * HOUR + 20 * MINUTE).toISOString()
  const stream = ['--seed', 'demo', '--start', start, '--operations', '80', '--operations-per-minute', '1']
  const shape = ['--failures', '0.25', '--format', 'both']
  process.stderr.write('sending the notifications of 80 operations\n')
  const sent = await demo.run(
    'simulate',
    ...stream,
    ...shape,
    '--deployments',
    demo.deploymentsFile,
    '--truth',
    truthFile,
  )
  if (sent.code !== 0) throw new Error(sent.output)
  const truth = JSON.parse(readFileSync(truthFile, 'utf8'))
  const expected = { nova: truth.services.nova.notifications, glance: truth.services.glance.notifications, generic: 0 }

  let status
  const aggregated = async () => {
    const { code, output } = await demo.run('stacktach', 'status', '--json', '--count')
    if (code !== 0) throw new Error(output)
    status = JSON.parse(output)
    const { stored, backlog } = status
    return stored.nova >= expected.nova && stored.glance >= expected.glance && backlog === 0
  }
  await until(demo.stopping, [], aggregated, `not everything was aggregated, see ${demo.folder}`)
  const faults = []
  if (JSON.stringify(status.stored) !== JSON.stringify(expected) || status.rejected > 0) {
    faults.push(`stored ${JSON.stringify(status)}, but ${JSON.stringify(expected)} were sent`)
  }

  const today = new Date().toISOString()
  const made = await demo.run(
    'stacktach',
    'report',
    'run',
    'image-events-audit',
    '--period',
    'day',
    '--at',
    today,
    '--in-progress',
    '--wait',
    '--json',
  )
  if (made.code !== 0) throw new Error(made.output)
  const about = await subjects(demo, truth, JSON.parse(made.output).id)
  for (const path of questions(about)) {
    const { status: code, body } = await demo.ask(`/stacky/${path}`)
    await showAnswer(`GET /stacky/${path}`, body)
    if (code !== 200) faults.push(`${path} answered ${code}`)
    else if ((tabular(body)?.length ?? 2) < 2) faults.push(`${path} found nothing`)
  }
  const total = expected.nova + expected.glance
  process.stdout.write(
    `\n${total} notifications sent, ${total - Math.abs(total - status.stored.nova - status.stored.glance)} stored, `,
  )
  process.stdout.write(`${status.rejected} rejected, ${status.backlog} pending aggregation\n`)
  for (const fault of faults) process.stdout.write(`FAILED: ${fault}\n`)
  return faults.length === 0 ? 0 : 1
}

/** Things to ask about: those of which there is most to tell. */
async function subjects(demo, truth, report) {
  const most = (entries, size) => entries.reduce((best, entry) => (size(entry[1]) > size(best[1]) ? entry : best))
  const [instance, { tenant }] = most(Object.entries(truth.instances), ({ timings }) => timings.length)
  const [image] = most(Object.entries(truth.images), (found) => (found.usage ? 1 : 0) + (found.delete ? 1 : 0))
  const [request] = most(Object.entries(truth.requests), ({ notifications }) => notifications)
  const { body } = await demo.ask(`/stacky/uuid?uuid=${instance}&limit=1`)
  const first = Math.min(...Object.values(truth.instances).map(({ lastWhen }) => lastWhen))
  return { instance, image, request, tenant, show: body[1][0], report, since: Math.floor(first / 1e6) }
}
