import { openDatabase, reportById } from '@stacktach/db'
import { DAY, floorTo, formatInstant, HOUR, type Instant, imageEventsAudit, parseInstant } from '@stacktach/domain'
import { Producer } from '@stacktach/jobs'
import { operatorConfig } from '@stacktach/runtime'
import { Command, InvalidArgumentError, Option } from 'commander'
import { printJson, printTable } from '../output.ts'

/** Milliseconds that `--wait` waits for a report. */
const PATIENCE = 10 * 60_000

interface RunOptions {
  period: 'hour' | 'day'
  at: Instant
  wait?: boolean
  json?: boolean
}

export function reportCommand(): Command {
  const run = new Command('run')
    .description('make a report, as a job')
    .argument('<name>', 'image-events-audit')
    .addOption(new Option('--period <length>', 'how long the period is').choices(['hour', 'day']).default('day'))
    .requiredOption('--at <time>', 'a time in the period, UTC: 2026-11-20 or 2026-11-20T13:00:00', instant)
    .option('--wait', 'wait until it is made, and show it')
    .option('--json', 'the report with what it was made from as one JSON object, for scripts')
    .action(async (name: string, options: RunOptions) => {
      if (name !== 'image-events-audit') run.error(`error: there is no report ${name}; there is image-events-audit`)
      await runImageEventsAudit(options)
    })
  return new Command('report').description('reports').addCommand(run)
}

async function runImageEventsAudit(options: RunOptions): Promise<void> {
  const config = operatorConfig(process.env)
  const size = options.period === 'day' ? DAY : HOUR
  const start = floorTo(options.at, size)
  const producer = new Producer(config.REDIS_URL, config.REDIS_PREFIX, () => {})
  const database = openDatabase({ url: config.DATABASE_URL, applicationName: 'stacktach report', readOnly: true })
  try {
    await producer.ready(5_000)
    const job = await producer.enqueue('image-events-audit', { period: { start, end: start + size }, once: false })
    if (!options.wait) {
      if (options.json) printJson({ job: job.id })
      else console.error(`asked for ${imageEventsAudit.name} of ${formatInstant(start)}: job ${job.id}`)
      return
    }
    const id = await producer.result('image-events-audit', job, PATIENCE)
    const report = await reportById(database, reportId(id))
    if (report === null) throw new Error(`the job made no report`)
    const { name, version, periodStart, periodEnd } = report
    const json: unknown = JSON.parse(report.json)
    const period = { period_start: formatInstant(periodStart), period_end: formatInstant(periodEnd) }
    if (options.json) return printJson({ id: report.id, name, version, ...period, json })
    console.error(`${name} ${version}, ${period.period_start} to ${period.period_end}: report ${report.id}`)
    printTable(['Event', 'Number'], Object.entries(json ?? {}))
  } finally {
    await producer.close()
    await database.close()
  }
}

function reportId(result: unknown): number {
  const id = typeof result === 'object' && result !== null ? Reflect.get(result, 'id') : undefined
  if (typeof id !== 'number') throw new Error('the job made no report')
  return id
}

function instant(value: string): Instant {
  const found = parseInstant(/^\d{4}-\d{2}-\d{2}$/.test(value) ? `${value} 00:00:00` : value)
  if (found === null) throw new InvalidArgumentError('It must be a date or a time, such as 2026-11-20.')
  return found
}
