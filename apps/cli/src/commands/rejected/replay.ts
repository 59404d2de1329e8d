import { type Database, type ListedRejected, lastRejectedId, listRejected } from '@stacktach/db'
import type { Producer } from '@stacktach/jobs'
import { Command } from 'commander'
import { z } from 'zod'
import { rowIds } from '../../arguments.ts'
import { withDatabase, withQueues } from '../../connections.ts'
import { printJson } from '../../output.ts'
import { waitForJob } from '../../waitForJob.ts'
import { isWhole } from './shape.ts'

const TOO_LARGE = 'it was too large, so that only its beginning is kept'

/** What the job says became of them. */
const replayed = z.object({ stored: z.number(), known: z.number(), rejected: z.number(), refused: z.number() })

type Replayed = z.output<typeof replayed>

/** A message that was asked for by its id and is still rejected. */
interface Left {
  id: number
  reason: string
  detail: string
}

export function replayCommand(): Command {
  const replay = new Command('replay')
    .description('store rejected messages again, as a job, once what was wrong is mended')
    .argument('[ids...]', 'as the list shows them; exit code 1 when one of them is still rejected', rowIds)
    .option('--all', 'all of them; those that are still bad stay, with their new reason')
    .option('--json', 'what became of them as one JSON object, for scripts')
    .action(async (ids: number[], options: { all?: boolean; json?: boolean }) => {
      if (ids.length > 0 === (options.all ?? false)) replay.error('error: it needs ids, or --all, and not both')
      const silent = options.json ?? false
      await withDatabase('reads', (database) =>
        withQueues(async (producer) => {
          if (options.all) await replayAll(database, producer, silent)
          else await replayIds(database, producer, ids, silent)
        }),
      )
    })
  return replay
}

async function replayAll(database: Database, producer: Producer, silent: boolean): Promise<void> {
  const none = (await lastRejectedId(database)) === 0
  print(none ? { stored: 0, known: 0, rejected: 0, refused: 0 } : await run(producer, null, silent), [], silent)
}

async function replayIds(database: Database, producer: Producer, ids: number[], silent: boolean): Promise<void> {
  const before = new Set((await rejectedOf(database, ids)).map(({ id }) => id))
  const missing = ids.filter((id) => !before.has(id))
  if (missing.length > 0) throw new Error(`there is no rejected message ${missing.join(', ')}; none was replayed`)
  const counts = await run(producer, ids, silent)
  const left = (await rejectedOf(database, ids)).map(({ id, reason, detail, ...message }) => ({
    id,
    reason,
    detail: isWhole(message) ? detail : TOO_LARGE,
  }))
  print(counts, left, silent)
  if (left.length > 0) throw new Error(`${left.length} of ${ids.length} are still rejected`)
}

async function rejectedOf(database: Database, ids: number[]): Promise<ListedRejected[]> {
  const found: ListedRejected[] = []
  await listRejected(database, { ids, limit: ids.length }, (rows) => found.push(...rows))
  return found
}

async function run(producer: Producer, ids: number[] | null, silent: boolean): Promise<Replayed> {
  const job = await producer.enqueueForOperator('replay-rejected', { ids })
  return replayed.parse(await waitForJob(producer, 'replay-rejected', job, 'replaying', silent))
}

function print(counts: Replayed, left: readonly Left[], silent: boolean): void {
  if (silent) {
    printJson(left.length > 0 ? { ...counts, left } : counts)
    return
  }
  const known = counts.known > 0 ? `, ${counts.known} were stored before` : ''
  console.error(
    `stored ${counts.stored}${known}, still rejected ${counts.rejected}, refused ${counts.refused}` +
      (counts.refused > 0 ? ': of what is too large only the beginning is kept' : ''),
  )
  for (const { id, reason, detail } of left) console.error(`${id}: ${reason}: ${detail}`)
}
