// Runs one of the project's programs in this very process, after the set-up that is missing, so that a signal or a
// process id given to `npm run …` is the program's own.

import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root, SetupError, setUp } from './setup.mjs'

const programs = {
  ingest: ['apps/worker/dist/main.js', 'ingest'],
  jobs: ['apps/worker/dist/main.js', 'jobs'],
  api: ['apps/api/dist/main.js'],
  migrate: ['apps/cli/dist/main.js', 'migrate'],
  stacktach: ['apps/cli/dist/main.js'],
  stacky: ['apps/stacky/dist/main.js'],
  simulate: ['packages/simulator/dist/main.js'],
}

const [name, ...rest] = process.argv.slice(2)
const program = programs[name]
if (program === undefined) {
  process.stderr.write(`usage: run.mjs ${Object.keys(programs).join(' | ')}\n`)
  process.exit(2)
}
try {
  await setUp()
} catch (error) {
  if (!(error instanceof SetupError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}
const [file, ...first] = program
const path = join(root, file)
process.argv = [process.argv[0], path, ...first, ...rest]
await import(pathToFileURL(path).href)
