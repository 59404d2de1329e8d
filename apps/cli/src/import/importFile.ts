import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { ReadOptions } from '@stacktach/ingestion'
import { ProgressLine } from '../output/progressLine.ts'
import { addBatch, type ImportState, initialState, StateFile } from './importState.ts'
import { progressText } from './progressText.ts'
import { readBatches } from './readBatches.ts'
import { readLines } from './readLines.ts'
import { type StoreTarget, storeLines } from './storeLines.ts'

/** Unreadable lines that are printed; further ones are only counted. */
const MAX_PRINTED_LINES = 10

const READ_CHUNK_BYTES = 1 << 20

export interface ImportOptions {
  reading: ReadOptions
  /** Without a progress line. */
  silent: boolean
}

/**
 * Stores the messages of a file or of standard input. An interrupted import of a file resumes at the last position that
 * was saved; batches stored after it count as duplicates.
 *
 * @param file undefined: standard input, which cannot be resumed
 * @throws Error when the database is unavailable for a minute
 */
export async function importFile(
  target: StoreTarget,
  file: string | undefined,
  { reading, silent }: ImportOptions,
): Promise<ImportState> {
  const stateFile = file === undefined ? null : await StateFile.of(file)
  const start = stateFile === null ? initialState() : await stateFile.read()
  const stream =
    file === undefined
      ? process.stdin
      : createReadStream(file, { start: start.offset, highWaterMark: READ_CHUNK_BYTES })
  const progress = await openProgress(file, start, silent)
  let state = start
  let printed = 0
  // Two batches are stored concurrently while a third is read. The state advances in the order of the file.
  let last: Promise<void> = Promise.resolve()
  let secondLast = last
  for await (const batch of readBatches(stream)) {
    const lines = await readLines({ ...batch, first: start.lines + batch.first }, reading)
    for (const { line, reason } of lines.unreadable) {
      if (printed++ < MAX_PRINTED_LINES) console.error(`line ${line}: ${reason}`)
    }
    await secondLast
    secondLast = last
    const previous = last
    const storing = storeLines(target, lines)
    last = Promise.all([storing, previous]).then(async ([counts]) => {
      state = addBatch(state, counts, batch.lines.length, start.offset + batch.end)
      await stateFile?.write(state)
      progress.show(state)
    })
    // It is awaited two batches later; until then a failure must not be an unhandled rejection.
    last.catch(() => {})
  }
  await last
  progress.clear()
  await stateFile?.remove()
  return state
}

/** The progress line of an import. */
async function openProgress(file: string | undefined, start: ImportState, silent: boolean) {
  const line = new ProgressLine(silent)
  const size = file === undefined ? null : (await stat(file)).size
  const startedAt = performance.now()
  return {
    show(state: ImportState): void {
      line.show(progressText(state, start.lines, size, (performance.now() - startedAt) / 1_000))
    },
    clear: () => line.clear(),
  }
}
