import { type Database, type ListedRejected, lastRejectedId, listRejected } from '@stacktach/db'
import type { Producer } from '@stacktach/jobs'
import { Command } from 'commander'
import { rowIdsArgument } from '../../arguments.ts'
import { withDatabase, withQueues } from '../../connections.ts'
import { printJson } from '../../output/printJson.ts'
import { waitForJob } from '../../waitForJob.ts'
import { isTruncated } from './rejectedMessage.ts'
import { type ReplayCounts, replayObject, replayText, type StillRejected } from './replayResult.ts'

/** `stacktach rejected replay` */
export function replayRejectedCommand(): Command {
  const replay = new Command('replay')
    .description('store rejected messages again, as a job, after their cause has been fixed')
    .argument('[ids...]', 'ids from `rejected list`; exit code 1 if any is rejected again', rowIdsArgument)
    .option('--all', 'replay every message; those rejected again are kept with their new reason')
    .option('--json', 'print the result as one JSON object')
    .action(async (ids: number[], { all = false, json = false }: { all?: boolean; json?: boolean }) => {
      if (ids.length > 0 === all) replay.error('error: use either ids or --all')
      await withDatabase('reads', (database) =>
        withQueues(async (producer) => {
          if (all) await replayAll(database, producer, json)
          else await replayIds(database, producer, ids, json)
        }),
      )
    })
  return replay
}

async function replayAll(database: Database, producer: Producer, json: boolean): Promise<void> {
  const empty = (await lastRejectedId(database)) === 0
  const counts = empty ? { stored: 0, duplicates: 0, rejected: 0, truncated: 0 } : await runJob(producer, null, json)
  printResult(counts, [], json)
}

async function replayIds(database: Database, producer: Producer, ids: number[], json: boolean): Promise<void> {
  const existing = new Set((await readRejected(database, ids)).map(({ id }) => id))
  const missing = ids.filter((id) => !existing.has(id))
  if (missing.length > 0) throw new Error(`there is no rejected message ${missing.join(', ')}; nothing was replayed`)
  const counts = await runJob(producer, ids, json)
  const stillRejected = (await readRejected(database, ids)).map(({ id, reason, detail, ...message }) => ({
    id,
    reason,
    detail: isTruncated(message) ? 'the message is too large: only its beginning is stored' : detail,
  }))
  printResult(counts, stillRejected, json)
  if (stillRejected.length > 0) throw new Error(`${stillRejected.length} of ${ids.length} are still rejected`)
}

async function readRejected(database: Database, ids: number[]): Promise<ListedRejected[]> {
  const messages: ListedRejected[] = []
  await listRejected(database, { ids, limit: ids.length }, (rows) => messages.push(...rows))
  return messages
}

async function runJob(producer: Producer, ids: number[] | null, json: boolean): Promise<ReplayCounts> {
  const job = await producer.enqueueForOperator('replay-rejected', { ids })
  return waitForJob(producer, 'replay-rejected', job, { activity: 'replaying', silent: json })
}

function printResult(counts: ReplayCounts, stillRejected: readonly StillRejected[], json: boolean): void {
  if (json) printJson(replayObject(counts, stillRejected))
  else console.error(replayText(counts, stillRejected))
}
