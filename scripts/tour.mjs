// Writes docs/tour.md: what a newcomer sees from a fresh clone to the first answers. Every command is run in a shell and
// recorded with its output; a command that fails ends the tour.

import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ServicesError } from './services/index.mjs'
import { root, SetupError, setUp } from './setup.mjs'
import { end, failure, install, questions, start, status } from './tour/chapters.mjs'
import { openTour } from './tour/openTour.mjs'

if (process.argv.length > 2) {
  process.stderr.write('usage: npm run tour\n')
  process.exit(process.argv.includes('--help') ? 0 : 2)
}

const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stopping.abort())

let tour
try {
  await setUp({ update: true })
  const uncommitted = execFileSync('git', ['status', '--porcelain'], { cwd: root, encoding: 'utf8' })
  if (uncommitted !== '') process.stderr.write('the tour shows the last commit; uncommitted changes are not in it\n')
  tour = await openTour(stopping.signal)
  await install(tour)
  const processes = await start(tour)
  await status(tour)
  await questions(tour)
  await failure(tour)
  await end(tour, processes)
  const file = join(root, 'docs', 'tour.md')
  writeFileSync(file, tour.text())
  process.stderr.write(`wrote ${file}\n`)
} catch (error) {
  if (!(error instanceof Error)) throw error
  const expected = error instanceof SetupError || error instanceof ServicesError || stopping.signal.aborted
  process.stderr.write(`${expected ? error.message : error.stack}\n`)
  process.exitCode = 1
} finally {
  await tour?.close()
}
