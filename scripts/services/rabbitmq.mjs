import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram } from './binaries.mjs'
import { CONFIG_FOLDER, FOLDER, LOG_FOLDER, NAME } from './place.mjs'
import { probeAmqp, probeManagement } from './probe.mjs'
import { bareEnv, run, startDetached } from './run.mjs'
import { amqpUrl, managementUrl } from './urls.mjs'
import { ensureOwnedFolder, userFor } from './users.mjs'

const HOME = join(FOLDER, 'rabbitmq')
const PID_FILE = join(HOME, 'rabbitmq.pid')
const SETTINGS = join(CONFIG_FOLDER, 'rabbitmq.conf')
const PLUGINS = join(CONFIG_FOLDER, 'enabled_plugins')
// An empty file in the place of /etc/rabbitmq/rabbitmq-env.conf, whose settings would win over ours.
const NO_ENV_FILE = join(CONFIG_FOLDER, 'rabbitmq-env.conf')

function settings(ports) {
  return `listeners.tcp.1 = 127.0.0.1:${ports.amqp}
management.tcp.ip = 127.0.0.1
management.tcp.port = ${ports.management}
`
}

// The listener for other nodes and for rabbitmqctl on loopback, too.
const ERLANG_ARGS = '-kernel inet_dist_use_interface {127,0,0,1}'

/**
 * HOME is where Erlang keeps its cookie. The port mapper is our own too: one shared with another server would be
 * listening for longer than ours lives.
 */
function serverEnv(ports) {
  return bareEnv({
    HOME,
    ERL_EPMD_ADDRESS: '127.0.0.1',
    ERL_EPMD_PORT: String(ports.epmd),
    RABBITMQ_NODENAME: `${NAME}@localhost`,
    RABBITMQ_DIST_PORT: String(ports.dist),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: ERLANG_ARGS,
    RABBITMQ_CONF_ENV_FILE: NO_ENV_FILE,
    RABBITMQ_CONFIG_FILE: SETTINGS,
    RABBITMQ_CONFIG_FILES: join(CONFIG_FOLDER, 'rabbitmq.conf.d'),
    RABBITMQ_ADVANCED_CONFIG_FILE: join(CONFIG_FOLDER, 'rabbitmq-advanced.config'),
    RABBITMQ_ENABLED_PLUGINS_FILE: PLUGINS,
    RABBITMQ_MNESIA_BASE: join(HOME, 'mnesia'),
    RABBITMQ_LOG_BASE: join(HOME, 'log'),
    RABBITMQ_PID_FILE: PID_FILE,
  })
}

// Debian's command in /usr/sbin sends its output to the package's own log folder, so the script behind it goes first.
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

// It refuses while a node is registered with it, so this never takes it away from a server that runs.
async function stopPortMapper(ports) {
  const epmd = findPortMapper()
  if (epmd && ports?.epmd) await run(epmd, ['-port', String(ports.epmd), '-kill'], { env: bareEnv() })
}

function pid() {
  try {
    return Number(readFileSync(PID_FILE, 'utf8'))
  } catch {
    return undefined
  }
}

async function start(ports) {
  const user = userFor('rabbitmq')
  ensureOwnedFolder(HOME, user)
  writeFileSync(SETTINGS, settings(ports))
  writeFileSync(PLUGINS, '[rabbitmq_management,rabbitmq_consistent_hash_exchange].\n')
  writeFileSync(NO_ENV_FILE, '')
  return startDetached(findServer(), [], { ...user, log: rabbitmq.log, env: serverEnv(ports), cwd: HOME })
}

async function answers(ports) {
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
  seconds: 120,
  signals: ['SIGTERM', 'SIGKILL'],
  isInstalled: () => findServer() !== undefined,
  pid,
  beforeStart: stopPortMapper,
  start,
  answers,
  afterStop: stopPortMapper,
}
