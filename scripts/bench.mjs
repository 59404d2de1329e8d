// Measures the throughput of StackTach on real servers, relative to limits measured in the same run.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ensureServices, ServicesError } from './services/index.mjs'
import { root, SetupError, setUp } from './setup.mjs'

try {
  await setUp()
  const { env } = await ensureServices()
  Object.assign(process.env, env)
} catch (error) {
  if (!(error instanceof SetupError) && !(error instanceof ServicesError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}
await import(pathToFileURL(join(root, 'bench/dist/main.js')).href)
