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

/** The same messages from a file, and from a queue by ingest, each time into an empty database. */
export async function measureImports({ options, now, add, note }: Context): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'stacktach-bench-'))
  const file = join(folder, 'messages.jsonl')
  const nothing = join(folder, 'nothing.jsonl')
  const messages = [...new Cloud('import', options.side, firstDay(options.side, now)).take(options.side)]
  const imported: number[] = []
  const ingested: number[] = []
  try {
    await writeFile(nothing, '')
    await pipeline(Readable.from(lines(messages)), createWriteStream(file))
    for (let round = 0; round < options.sideRounds; round++) {
      imported.push(
        await withStack(async (stack) => {
          const start = await timed(stack, nothing)
          return messages.length / ((await timed(stack, file)) - start)
        }),
      )
      ingested.push(
        await withStack(async (stack) => {
          const count = await fill([stack], messages)
          return (await drain(stack, { messages: count, lead: options.lead })).ingested
        }),
      )
      note(`import: ${Math.round(imported.at(-1) ?? 0)} a second, ingest ${Math.round(ingested.at(-1) ?? 0)}`)
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
      meaning: 'stacktach import FILE into an empty database, less the time of an import of nothing.',
    }),
  )
}

/** Seconds of an import. */
async function timed(stack: Stack, file: string): Promise<number> {
  const began = performance.now()
  await stack.run('import', file)
  return (performance.now() - began) / 1000
}

/** As `export` writes them. */
function* lines(messages: readonly BenchMessage[]): Generator<string> {
  for (const { exchange, routingKey, body } of messages) {
    yield `{"deployment":"bench","exchange":"${exchange}","routing_key":"${routingKey}","body":${body}}\n`
  }
}
