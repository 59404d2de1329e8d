// Generates the Prisma client offline. The Prisma CLI downloads a schema engine unless the environment names one.
// `generate` never runs it, so any existing file will do.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const cli = createRequire(import.meta.url).resolve('prisma/build/index.js')
const { status, stdout, stderr } = spawnSync(process.execPath, [cli, 'generate'], {
  cwd: root,
  encoding: 'utf8',
  env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_HIDE_UPDATE_MESSAGE: '1' },
})
if (status !== 0) process.stderr.write(stdout + stderr)
process.exit(status ?? 1)
