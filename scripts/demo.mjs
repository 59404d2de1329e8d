// Runs all of StackTach on a simulated cloud: real servers, the production processes, and the API's answers as tables.
// Runs until Ctrl-C; with --once it sends a fixed stream and exits.

import { live } from './demo/live.mjs'
import { once } from './demo/once.mjs'
import { openDemo } from './demo/open.mjs'
import { ServicesError } from './services/index.mjs'
import { SetupError } from './setup.mjs'

const usage = 'usage: npm run demo [-- --once]'
const args = process.argv.slice(2)
if (args.includes('--help') || args.some((arg) => arg !== '--once')) {
  process.stderr.write(`${usage}\n`)
  process.exit(args.includes('--help') ? 0 : 2)
}

const stopping = new AbortController()
let interrupted = false
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    if (interrupted) process.exit(1)
    interrupted = true
    stopping.abort()
  })
}

let demo
try {
  demo = await openDemo(stopping.signal)
  process.exitCode = args.includes('--once') ? await once(demo) : await live(demo)
} catch (error) {
  if (!(error instanceof Error)) throw error
  const expected = error instanceof SetupError || error instanceof ServicesError || stopping.signal.aborted
  process.stderr.write(`${expected ? error.message : error.stack}\n`)
  process.exitCode = interrupted ? 0 : 1
} finally {
  await demo?.close()
}
