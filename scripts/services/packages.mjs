import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { findProgram, isExecutable } from './binaries.mjs'
import { onInterrupt, uninterrupted } from './interrupt.mjs'
import { withLock } from './lock.mjs'
import { withoutPackageServices } from './policy.mjs'
import { note, ServicesError } from './report.mjs'
import { cleanEnv, lastLines, run } from './run.mjs'
import { isRoot } from './users.mjs'

/** @typedef {import('./private.mjs').Server} Server */

const PACKAGES = { postgres: 'postgresql', redis: 'redis-server', rabbitmq: 'rabbitmq-server' }
const CHROMIUM_NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
/** Not in this checkout's folder: the package manager and the policy file belong to the whole machine. */
export const LOCK = '/run/stacktach-install.lock'
const NO_CLUSTER = '/etc/postgresql-common/createcluster.d/stacktach.conf'

/** @param {...string} args */
function apt(...args) {
  const env = cleanEnv({ HOME: '/root', DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_SUSPEND: '1' })
  // In a session of its own, so that Ctrl-C does not leave packages half configured.
  return run('apt-get', ['-o', 'DPkg::Lock::Timeout=300', ...args], { env, detached: true })
}

/**
 * @param {string[]} packages
 * @returns {Promise<void>}
 * @throws {ServicesError}
 */
export async function aptInstall(packages) {
  const install = () => apt('install', '-y', '--no-install-recommends', ...packages)
  if ((await install()).ok) return
  // The usual cause is missing or outdated package lists.
  await apt('update')
  const { ok, output } = await install()
  if (!ok) throw new ServicesError(`apt-get could not install ${packages.join(' ')}:\n${lastLines(output)}`)
}

/**
 * Keeps PostgreSQL's package from creating its default cluster at the first installation.
 * @param {() => Promise<void>} step
 */
async function withoutMainCluster(step) {
  const undo = () => rmSync(NO_CLUSTER, { force: true })
  const unregister = onInterrupt(undo)
  mkdirSync('/etc/postgresql-common/createcluster.d', { recursive: true })
  writeFileSync(NO_CLUSTER, 'create_main_cluster = false\n')
  try {
    return await step()
  } finally {
    undo()
    unregister()
  }
}

/** @param {string[]} packages */
async function install(packages) {
  note(`installing ${packages.join(', ')} with apt-get; this may take a minute`)
  const step = () => withoutPackageServices(() => aptInstall(packages))
  await uninterrupted(() => (packages.includes(PACKAGES.postgres) ? withoutMainCluster(step) : step()))
}

/**
 * Makes sure that the servers' programs are installed; as root on Debian it installs the missing packages.
 * @param {Server[]} servers
 * @returns {Promise<void>}
 * @throws {ServicesError} if one is still missing
 */
export async function ensureInstalled(servers) {
  const missing = () => servers.filter((server) => !server.isInstalled())
  if (missing().length > 0 && isRoot() && findProgram('apt-get')) {
    await withLock(LOCK, async () => {
      if (missing().length > 0) await install(missing().map((server) => PACKAGES[server.name]))
    })
  }
  if (missing().length === 0) return
  const labels = missing().map((server) => server.label)
  const packages = missing().map((server) => PACKAGES[server.name])
  throw new ServicesError(
    `${labels.join(', ')} not installed. Install ${packages.join(', ')} (PostgreSQL 15 or later), or start a Docker ` +
      'engine with the compose plugin, or set DATABASE_URL, REDIS_URL and AMQP_URL to existing servers',
  )
}

/**
 * Makes sure that Chromium is installed, for the tests of the pages; as root on Debian it installs a missing one.
 * @param {string | undefined} given path of a Chromium or Chrome to use
 * @returns {Promise<string>} the path
 * @throws {ServicesError} if there is none
 */
export async function ensureChromium(given = process.env.CHROMIUM) {
  if (given) {
    if (isExecutable(given)) return given
    throw new ServicesError(`CHROMIUM names no executable file: ${given}`)
  }
  const installed = () => CHROMIUM_NAMES.map((name) => findProgram(name)).find(Boolean)
  if (!installed() && isRoot() && findProgram('apt-get')) {
    await withLock(LOCK, async () => {
      if (!installed()) await install(['chromium'])
    })
  }
  const path = installed()
  if (path) return path
  throw new ServicesError('Chromium is not installed. Install chromium, or set CHROMIUM to the path of a Chrome')
}

const isPgbouncerInstalled = () => findProgram('pgbouncer', ['/usr/sbin']) !== undefined

/**
 * Installs PgBouncer as root on Debian, which some tests start themselves. Elsewhere these tests are skipped.
 * @returns {Promise<void>}
 */
export async function installPgbouncer() {
  if (isPgbouncerInstalled() || !isRoot() || !findProgram('apt-get')) return
  await withLock(LOCK, async () => {
    if (isPgbouncerInstalled()) return
    await install(['pgbouncer'])
  })
}
