import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram } from './binaries.mjs'
import { CONFIG_FOLDER, FOLDER, LOG_FOLDER, NAME } from './paths.mjs'
import { probeAmqp, probeManagement } from './probe.mjs'
import { cleanEnv, run, startDetached } from './run.mjs'
import { amqpUrl, managementUrl } from './urls.mjs'
import { ensureOwnedFolder, userFor } from './users.mjs'

/** @typedef {import('./urls.mjs').Ports} Ports */

const HOME = join(FOLDER, 'rabbitmq')
const PID_FILE = join(HOME, 'rabbitmq.pid')
const SETTINGS = join(CONFIG_FOLDER, 'rabbitmq.conf')
const PLUGINS = join(CONFIG_FOLDER, 'enabled_plugins')
// An empty file instead of /etc/rabbitmq/rabbitmq-env.conf, whose settings would override ours.
const ENV_FILE = join(CONFIG_FOLDER, 'rabbitmq-env.conf')

/** @param {Ports} ports */
function settings(ports) {
  return `listeners.tcp.1 = 127.0.0.1:${ports.amqp}
management.tcp.ip = 127.0.0.1
management.tcp.port = ${ports.management}
`
}

// Binds the listener for other nodes and for rabbitmqctl to loopback as well.
const ERLANG_ARGS = '-kernel inet_dist_use_interface {127,0,0,1}'

/**
 * Erlang keeps its cookie in HOME. The port mapper (epmd) is our own too: one shared with another server would outlive
 * ours.
 * @param {Ports} ports
 */
function serverEnv(ports) {
  return cleanEnv({
    HOME,
    ERL_EPMD_ADDRESS: '127.0.0.1',
    ERL_EPMD_PORT: String(ports.epmd),
    RABBITMQ_NODENAME: `${NAME}@localhost`,
    RABBITMQ_DIST_PORT: String(ports.dist),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: ERLANG_ARGS,
    RABBITMQ_CONF_ENV_FILE: ENV_FILE,
    RABBITMQ_CONFIG_FILE: SETTINGS,
    RABBITMQ_CONFIG_FILES: join(CONFIG_FOLDER, 'rabbitmq.conf.d'),
    RABBITMQ_ADVANCED_CONFIG_FILE: join(CONFIG_FOLDER, 'rabbitmq-advanced.config'),
    RABBITMQ_ENABLED_PLUGINS_FILE: PLUGINS,
    RABBITMQ_MNESIA_BASE: join(HOME, 'mnesia'),
    RABBITMQ_LOG_BASE: join(HOME, 'log'),
    RABBITMQ_PID_FILE: PID_FILE,
  })
}

// Debian's command in /usr/sbin redirects its output to the package's log folder, so the script behind it comes first.
function findServer() {
  return findProgram('rabbitmq-server', ['/usr/lib/rabbitmq/bin'])
}

function findPortMapper() {
  return findProgram('epmd', erlangFolders())
}

function erlangFolders() {
  try {
    const names = readdirSync('/usr/lib/erlang').filter((name) => name.startsWith('erts-'))
    return names.map((name) => join('/usr/lib/erlang', name, 'bin'))
  } catch {
    return []
  }
}

/**
 * Stops our port mapper. It refuses while a node is registered, so a running server keeps it.
 * @param {Ports} [ports]
 */
async function stopPortMapper(ports) {
  const epmd = findPortMapper()
  if (epmd && ports?.epmd) await run(epmd, ['-port', String(ports.epmd), '-kill'], { env: cleanEnv() })
}

function pid() {
  try {
    return Number(readFileSync(PID_FILE, 'utf8'))
  } catch {
    return undefined
  }
}

/** @param {Ports} ports */
async function start(ports) {
  const user = userFor('rabbitmq')
  ensureOwnedFolder(HOME, user)
  writeFileSync(SETTINGS, settings(ports))
  writeFileSync(PLUGINS, '[rabbitmq_management,rabbitmq_consistent_hash_exchange].\n')
  writeFileSync(ENV_FILE, '')
  const command = findServer() ?? 'rabbitmq-server'
  return startDetached(command, [], { ...user, log: rabbitmq.log, env: serverEnv(ports), cwd: HOME })
}

/** @param {Ports} ports */
async function probe(ports) {
  return (await probeAmqp(new URL(amqpUrl(ports)))) || (await probeManagement(new URL(managementUrl(ports))))
}

/** @type {import('./private.mjs').Server} */
export const rabbitmq = {
  name: 'rabbitmq',
  label: 'RabbitMQ',
  program: 'beam',
  folder: HOME,
  log: join(LOG_FOLDER, 'rabbitmq.log'),
  portNames: ['amqp', 'management', 'dist', 'epmd'],
  startTimeoutSeconds: 120,
  signals: ['SIGTERM', 'SIGKILL'],
  isInstalled: () => findServer() !== undefined,
  pid,
  beforeStart: stopPortMapper,
  start,
  probe,
  afterStop: stopPortMapper,
}
