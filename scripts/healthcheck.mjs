// The health check of the image: asks the process of the container whether it is ready, and prints what is missing. A
// command, such as `migrate`, is healthy while it runs.
import { readFileSync } from 'node:fs'

const TIMEOUT_MS = 8_000

/** The container's process, perhaps behind an init. */
const command = readFileSync('/proc/1/cmdline', 'utf8').split('\0')
const isServing = ['ingest', 'jobs', 'api'].some((program) => command.includes(program))
if (isServing) {
  const { METRICS_HOST = '', METRICS_PORT } = process.env
  const host = ['', '0.0.0.0', '::'].includes(METRICS_HOST) ? '127.0.0.1' : METRICS_HOST
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${METRICS_PORT}/readyz`
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) })
    if (!response.ok) {
      process.stdout.write(await response.text())
      process.exitCode = 1
    }
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    process.stdout.write(`${url} does not answer (${cause instanceof Error ? cause.message : cause})\n`)
    process.exitCode = 1
  }
}
