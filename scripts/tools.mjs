// Prints the paths of programs that tests need, one per line, and installs the missing ones if possible:
// `node scripts/tools.mjs promtool prometheus`.
import { ServicesError } from './services/report.mjs'
import { ensureTools } from './services/tools.mjs'

try {
  for (const path of await ensureTools(process.argv.slice(2))) process.stdout.write(`${path}\n`)
} catch (error) {
  if (!(error instanceof ServicesError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
