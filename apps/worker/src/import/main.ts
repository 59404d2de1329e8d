import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { type Database, databaseError, openDatabase, Partitions } from '@stacktach/db'
import { createLogger, importConfig } from '@stacktach/runtime'
import { checkSharedSettings } from '../agree.ts'
import { ProgressBar } from './progressBar.ts'
import { type LineBatch, readBatches } from './readBatches.ts'
import { readLines } from './readLines.ts'
import { type Counts, type ImportState, nothingYet, StateFile } from './state.ts'
import { type StoreParts, storeLines } from './storeLines.ts'

/** Lines that are no messages and are named; more are only counted. */
const NAMED = 10

/**
 * The command `import [FILE]`: stores the messages of a file, or of standard input, at the speed of ingest. Of a file that
 * was begun before, it goes on where that ended.
 */
export async function importMessages(environment: NodeJS.ProcessEnv): Promise<void> {
  const { values, positionals } = parseArgs({
    args: process.argv.slice(3),
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false } },
  })
  const file = positionals[0] === '-' ? undefined : positionals[0]
  const config = importConfig(environment)
  const logger = createLogger('import', 'silent')
  const clock = () => Date.now() * 1000
  const database = openDatabase({
    url: config.DATABASE_URL,
    applicationName: 'stacktach import',
    size: config.DATABASE_POOL,
  })
  try {
    await answers(database)
    await checkSharedSettings(database, { shards: config.SHARDS }, clock, logger)
    const parts: StoreParts = {
      database,
      partitions: new Partitions(database.pool, config.PARTITION_DAYS),
      shards: config.SHARDS,
      clock,
    }
    report(await importFrom(parts, file, config.MAX_BODY, values.json), values.json)
  } finally {
    await database.close()
  }
}

/** An import that is begun waits for its database; one that cannot begin says so. */
async function answers({ pool }: Database): Promise<void> {
  await pool.query('select 1').catch((error: unknown) => {
    throw databaseError(error)
  })
}

async function importFrom(
  parts: StoreParts,
  file: string | undefined,
  maxBody: number,
  silent: boolean,
): Promise<ImportState> {
  const states = file === undefined ? null : await StateFile.of(file)
  const began = states === null ? nothingYet() : await states.read()
  const size = file === undefined ? null : (await stat(file)).size
  const stream =
    file === undefined ? process.stdin : createReadStream(file, { start: began.offset, highWaterMark: 1 << 20 })
  const bar = new ProgressBar(size, began, silent)
  let state = began
  let named = 0
  const settle = async (batch: LineBatch, storing: Promise<Counts>, before: Promise<void>) => {
    const [counts] = await Promise.all([storing, before])
    state = {
      offset: began.offset + batch.end,
      lines: state.lines + batch.lines.length,
      stored: state.stored + counts.stored,
      known: state.known + counts.known,
      rejected: state.rejected + counts.rejected,
      unreadable: state.unreadable + counts.unreadable,
    }
    await states?.write(state)
    bar.show(state)
  }
  // Two batches are in hand while a third is read; they count in the order of the file.
  let last: Promise<void> = Promise.resolve()
  let lastButOne = last
  for await (const batch of readBatches(stream)) {
    const read = await readLines({ ...batch, first: began.lines + batch.first }, maxBody)
    for (const { line, reason } of read.unreadable) if (named++ < NAMED) console.error(`line ${line}: ${reason}`)
    await lastButOne
    lastButOne = last
    last = settle(batch, storeLines(parts, read), last)
    // Awaited later; until then nobody else listens.
    last.catch(() => {})
  }
  await last
  bar.clear()
  await states?.remove()
  return state
}

function report({ offset: _, lines, ...counts }: ImportState, json: boolean): void {
  if (json) process.stdout.write(`${JSON.stringify({ lines, ...counts })}\n`)
  else {
    const { stored, known, rejected } = counts
    console.error(`${lines} lines: stored ${stored}, known before ${known}, rejected ${rejected}`)
  }
  if (counts.unreadable > 0) throw new Error(`${counts.unreadable} of ${lines} lines are no messages`)
}
