// Runs one of the project's programs in this process, after installing and building if needed. The program thus has the
// pid of `npm run …` and receives its signals.

import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root, SetupError, setUp } from './setup.mjs'

/** @type {Record<string, [file: string, ...args: string[]]>} */
const programs = {
  ingest: ['apps/worker/dist/main.js', 'ingest'],
  jobs: ['apps/worker/dist/main.js', 'jobs'],
  api: ['apps/api/dist/main.js'],
  migrate: ['apps/cli/dist/main.js', 'migrate'],
  stacktach: ['apps/cli/dist/main.js'],
  stacky: ['apps/stacky/dist/main.js'],
  simulate: ['packages/simulator/dist/main.js'],
}

const [name = '', ...rest] = process.argv.slice(2)
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
const [file, ...args] = program
const path = join(root, file)
process.argv = [process.execPath, path, ...args, ...rest]
await import(pathToFileURL(path).href)
