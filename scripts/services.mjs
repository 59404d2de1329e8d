import { shellExports, statusTable } from './services/format.mjs'
import { ensureServices, ServicesError, servicesStatus, stopServices } from './services/index.mjs'
import { note } from './services/report.mjs'

const USAGE = 'usage: npm run services -- up | down [--purge] | status | env'

const HELP = `${USAGE}

Servers for development and tests: PostgreSQL, Redis and RabbitMQ.

  up             start what is missing
  down           stop what was started here; the data is kept
  down --purge   stop, and remove the data
  status         show the servers; the exit code is 0 if all are up
  env            print their addresses as shell commands: eval "$(npm run -s services -- env)"

Servers named by DATABASE_URL, REDIS_URL, AMQP_URL (and AMQP_MANAGEMENT_URL) are used as they are. The others run in
Docker if an engine answers, otherwise from Debian's packages, with ports and data of this checkout's own.
`

async function up() {
  const { startedHere } = await ensureServices()
  if (!startedHere) note('all servers are up')
  return 0
}

async function down(purge) {
  const { stopped } = await stopServices({ purge })
  note(stopped.length > 0 ? `stopped ${stopped.join(', ')}` : 'nothing was running')
  return 0
}

async function status() {
  const { servers, allUp } = await servicesStatus()
  process.stdout.write(statusTable(servers))
  return allUp ? 0 : 1
}

async function env() {
  const found = await servicesStatus()
  if (!found.allUp) throw new ServicesError('the servers are not all up; start them with: npm run services -- up')
  process.stdout.write(shellExports(found.env))
  return 0
}

function commandFor(args) {
  const commands = { up, down: () => down(false), 'down --purge': () => down(true), status, env }
  return Object.hasOwn(commands, args.join(' ')) ? commands[args.join(' ')] : undefined
}

async function main(args) {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(HELP)
    return 0
  }
  const command = commandFor(args)
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
