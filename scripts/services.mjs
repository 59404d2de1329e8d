import { shellExports, statusTable } from './services/format.mjs'
import { ensureServices, ServicesError, servicesStatus, stopServices } from './services/index.mjs'
import { note } from './services/report.mjs'

const USAGE = 'usage: npm run services -- up | down [--purge] | status | env'

const HELP = `${USAGE}

Servers for development and tests: PostgreSQL, Redis and RabbitMQ.

  up             start the servers that are not running
  down           stop the servers that were started here; their data is kept
  down --purge   stop them and remove their data
  status         show the servers; exits with 0 if all are up
  env            print their addresses as shell commands: eval "$(npm run -s services -- env)"

Servers named by DATABASE_URL, REDIS_URL, AMQP_URL (and AMQP_MANAGEMENT_URL) are used as they are. The others run in
Docker if an engine is available, otherwise from Debian's packages, with this checkout's own ports and data.
`

async function up() {
  const { startedHere } = await ensureServices()
  if (!startedHere) note('all servers are up')
  return 0
}

/** @param {boolean} purge */
async function down(purge) {
  const { stopped } = await stopServices({ purge })
  note(stopped.length > 0 ? `stopped ${stopped.join(', ')}` : 'no server was running')
  return 0
}

async function status() {
  const { servers, allUp } = await servicesStatus()
  process.stdout.write(statusTable(servers))
  return allUp ? 0 : 1
}

async function env() {
  const { allUp, env: addresses } = await servicesStatus()
  if (!allUp) throw new ServicesError('not all servers are up: start them with `npm run services -- up`')
  process.stdout.write(shellExports(addresses))
  return 0
}

const commands = new Map([
  ['up', up],
  ['down', () => down(false)],
  ['down --purge', () => down(true)],
  ['status', status],
  ['env', env],
])

/** @param {string[]} args */
async function main(args) {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(HELP)
    return 0
  }
  const command = commands.get(args.join(' '))
  if (!command) {
    process.stderr.write(`${USAGE}\n`)
    return 2
  }
  return command()
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof ServicesError)) throw error
  note(error.message)
  process.exitCode = 1
}
