// Writes docs/tour.md: what somebody sees who meets the project for the first time, from a fresh clone to an alert.
// Every command is typed into a shell and every output is what came back; a command that fails otherwise than expected
// ends it.

import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ServicesError } from './services/index.mjs'
import { root, SetupError, setUp } from './setup.mjs'
import { answers } from './tour/chapters/answers.mjs'
import { beginning } from './tour/chapters/beginning.mjs'
import { cloud } from './tour/chapters/cloud.mjs'
import { end } from './tour/chapters/end.mjs'
import { metrics } from './tour/chapters/metrics.mjs'
import { operator } from './tour/chapters/operator.mjs'
import { rejected } from './tour/chapters/rejected.mjs'
import { scripts } from './tour/chapters/scripts.mjs'
import { openTour } from './tour/openTour.mjs'

const chapters = [beginning, cloud, answers, scripts, operator, metrics, rejected, end]

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
  if (uncommitted !== '') process.stderr.write('the tour is of the last commit, without what is not committed\n')
  tour = await openTour(stopping.signal)
  for (const chapter of chapters) await chapter(tour)
  const file = join(root, 'docs', 'tour.md')
  writeFileSync(file, tour.text())
  process.stderr.write(`${file} is written\n`)
} catch (error) {
  const expected = error instanceof SetupError || error instanceof ServicesError || stopping.signal.aborted
  process.stderr.write(`${expected ? error.message : error.stack}\n`)
  process.exitCode = 1
} finally {
  await tour?.close()
}
