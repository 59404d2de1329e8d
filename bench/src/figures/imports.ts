import { createWriteStream } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Context } from '../context.ts'
import { Cloud, firstDay } from '../data/cloud.ts'
import type { BenchMessage } from '../data/message.ts'
import { drain } from '../drain.ts'
import { figure } from '../figure.ts'
import { fill } from '../fill.ts'
import { type Stack, withStack } from '../stack.ts'

/** Compares importing a file with ingesting the same messages from a queue, each into an empty database. */
export async function measureImports({ options, now, add, log }: Context): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'stacktach-bench-'))
  const file = join(folder, 'messages.jsonl')
  const emptyFile = join(folder, 'empty.jsonl')
  const messages = [
    ...new Cloud('import', options.sideNotifications, firstDay(options.sideNotifications, now)).take(
      options.sideNotifications,
    ),
  ]
  const imported: number[] = []
  const ingested: number[] = []
  try {
    await writeFile(emptyFile, '')
    await pipeline(Readable.from(lines(messages)), createWriteStream(file))
    for (let round = 0; round < options.sideRounds; round++) {
      imported.push(
        await withStack(async (stack) => {
          const overhead = await importSeconds(stack, emptyFile)
          return messages.length / ((await importSeconds(stack, file)) - overhead)
        }),
      )
      ingested.push(
        await withStack(async (stack) => {
          const count = await fill([stack], messages)
          return (await drain(stack, { messages: count, warmUp: options.warmUp })).ingested
        }),
      )
      log(`import: ${Math.round(imported.at(-1) ?? 0)} rows/s, ingest ${Math.round(ingested.at(-1) ?? 0)} rows/s`)
    }
  } finally {
    await rm(folder, { recursive: true })
  }
  add(
    figure({
      section: 'Import',
      name: 'import of a file',
      unit: 'rows/s',
      values: imported,
      against: { to: 'ingest of the same messages from a queue', values: ingested },
      goal: { atLeast: 1 },
      meaning: '`stacktach import FILE` into an empty database, without the time that an empty file takes.',
    }),
  )
}

/** Imports a file and returns the seconds. */
async function importSeconds(stack: Stack, file: string): Promise<number> {
  const startedAt = performance.now()
  await stack.run('import', file)
  return (performance.now() - startedAt) / 1000
}

/** The format of `stacktach export`. */
function* lines(messages: readonly BenchMessage[]): Generator<string> {
  for (const { exchange, routingKey, body } of messages) {
    yield `{"deployment":"bench","exchange":"${exchange}","routing_key":"${routingKey}","body":${body}}\n`
  }
}
