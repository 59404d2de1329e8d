import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { findProgram } from './binaries.mjs'
import { onInterrupt, uninterrupted } from './interrupt.mjs'
import { withLock } from './lock.mjs'
import { withoutPackageServices } from './policy.mjs'
import { note, ServicesError } from './report.mjs'
import { bareEnv, lastLines, run } from './run.mjs'

const PACKAGES = { postgres: 'postgresql', redis: 'redis-server', rabbitmq: 'rabbitmq-server' }
// Not in a folder of this checkout: there is one package manager and one policy file for the whole machine.
const LOCK = '/run/stacktach-install.lock'
const NO_CLUSTER = '/etc/postgresql-common/createcluster.d/stacktach.conf'

function apt(...args) {
  const env = bareEnv({ HOME: '/root', DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_SUSPEND: '1' })
  // In a session of its own, so that Ctrl-C does not leave the packages half configured.
  return run('apt-get', ['-o', 'DPkg::Lock::Timeout=300', ...args], { env, detached: true })
}

async function aptInstall(packages) {
  const install = () => apt('install', '-y', '--no-install-recommends', ...packages)
  if ((await install()).ok) return
  // Mostly for want of package lists, or with lists too old to find anything by.
  await apt('update')
  const { ok, output } = await install()
  if (!ok) throw new ServicesError(`apt-get could not install ${packages.join(' ')}:\n${lastLines(output)}`)
}

/** Keeps PostgreSQL's package from creating a database cluster of its own, as it does at its first installation. */
async function withoutMainCluster(step) {
  const undo = () => rmSync(NO_CLUSTER, { force: true })
  const forget = onInterrupt(undo)
  mkdirSync('/etc/postgresql-common/createcluster.d', { recursive: true })
  writeFileSync(NO_CLUSTER, 'create_main_cluster = false\n')
  try {
    return await step()
  } finally {
    undo()
    forget()
  }
}

async function install(servers) {
  const packages = servers.map((server) => PACKAGES[server.name])
  note(`installing ${packages.join(', ')} with apt-get; this may take a minute`)
  const step = () => withoutPackageServices(() => aptInstall(packages))
  await uninterrupted(() => (packages.includes(PACKAGES.postgres) ? withoutMainCluster(step) : step()))
}

/**
 * Sees to it that the programs of these servers are there, by means of Debian's packages where that is possible.
 * @param {import('./private.mjs').Server[]} servers
 * @returns {Promise<void>}
 */
export async function ensureInstalled(servers) {
  const missing = () => servers.filter((server) => !server.isInstalled())
  if (missing().length > 0 && process.getuid() === 0 && findProgram('apt-get')) {
    await withLock(LOCK, async () => {
      if (missing().length > 0) await install(missing())
    })
  }
  if (missing().length === 0) return
  const labels = missing().map((server) => server.label)
  const packages = missing().map((server) => PACKAGES[server.name])
  throw new ServicesError(
    `missing: ${labels.join(', ')}. Install ${packages.join(', ')} (PostgreSQL 15 or later), or start a Docker ` +
      'engine with the compose plugin, or set DATABASE_URL, REDIS_URL and AMQP_URL to servers of your own',
  )
}
