import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findPostgres } from './binaries.mjs'
import { CONFIG_FOLDER, ensurePassword, FOLDER, LOG_FOLDER, readPassword } from './paths.mjs'
import { probePostgres } from './probe.mjs'
import { processesOf, send, waitUntil } from './process.mjs'
import { note, ServicesError } from './report.mjs'
import { cleanEnv, lastLines, run, startDetached } from './run.mjs'
import { postgresUrl } from './urls.mjs'
import { ensureOwnedFolder, isRoot, userFor } from './users.mjs'

/** @typedef {import('./urls.mjs').Ports} Ports */

const HOME = join(FOLDER, 'postgres')
const DATA = join(HOME, 'data')
const SOCKETS = join(HOME, 'socket')
const PID_FILE = join(DATA, 'postmaster.pid')
const SETTINGS = join(CONFIG_FOLDER, 'postgresql.conf')
const HBA_FILE = join(CONFIG_FOLDER, 'pg_hba.conf')

/**
 * @param {Ports} ports
 * @param {boolean} fsync
 */
function settings(ports, fsync) {
  return `listen_addresses = '127.0.0.1'
port = ${ports.main}
unix_socket_directories = '${SOCKETS}'
hba_file = '${HBA_FILE}'
max_connections = 200
shared_buffers = 256MB
max_wal_size = 2GB
fsync = ${fsync ? 'on' : 'off'}
password_encryption = 'scram-sha-256'
timezone = 'UTC'
log_timezone = 'UTC'
`
}

function dataVersion() {
  return existsSync(join(DATA, 'PG_VERSION')) ? Number(readFileSync(join(DATA, 'PG_VERSION'), 'utf8')) : undefined
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string} [input]
 */
async function runAsUser(command, args, input) {
  const { ok, output } = await run(command, args, { ...userFor('postgres'), env: cleanEnv(), cwd: HOME, input })
  if (!ok) throw new ServicesError(`PostgreSQL: ${command} failed:\n${lastLines(output)}`)
}

/**
 * Creates the database in a draft folder that is renamed last: an interrupted run leaves no incomplete database.
 * @param {string} bin
 */
async function createData(bin) {
  const draft = `${DATA}.new`
  rmSync(draft, { recursive: true, force: true })
  note('PostgreSQL: creating the database')
  const locale = ['--encoding=UTF8', '--locale=C.UTF-8']
  // initdb's own rules reject every login: our hba_file replaces them, and the password is set before the first start.
  const login = ['--username=stacktach', '--auth-local=reject', '--auth-host=reject']
  await runAsUser(join(bin, 'initdb'), ['-D', draft, ...locale, ...login])
  const sql = `ALTER ROLE stacktach PASSWORD '${ensurePassword()}'\nCREATE DATABASE stacktach\n`
  await runAsUser(join(bin, 'postgres'), ['--single', '-D', draft, '-c', 'exit_on_error=true', 'postgres'], sql)
  renameSync(draft, DATA)
}

/**
 * Cleans up after a killed server. Its backends keep the shared memory for a while, and a pid file whose number now
 * belongs to another PostgreSQL of the same user would prevent the start.
 * @returns {Promise<void>}
 */
async function beforeStart() {
  const ended = () => processesOf('postgres', DATA).length === 0
  if (!(await waitUntil(ended, 3000))) {
    for (const pid of processesOf('postgres', DATA)) send(pid, 'SIGQUIT')
    if (!(await waitUntil(ended, 10_000))) throw new ServicesError(`PostgreSQL: processes of ${DATA} do not end`)
  }
  rmSync(PID_FILE, { force: true })
  rmSync(SOCKETS, { recursive: true, force: true })
}

/** @param {Ports} ports */
async function start(ports) {
  const user = userFor('postgres')
  if (isRoot() && !user.uid) throw new ServicesError('PostgreSQL: the user postgres does not exist')
  const version = dataVersion()
  const bin = findPostgres(version)
  if (!bin) throw new ServicesError(`PostgreSQL ${version}, which created ${DATA}, is no longer installed`)
  ensureOwnedFolder(HOME, user)
  if (!version) await createData(bin)
  if (!readPassword()) {
    throw new ServicesError(
      `PostgreSQL: the password of ${DATA} is lost: remove the data with \`npm run services -- down --purge\``,
    )
  }
  ensureOwnedFolder(SOCKETS, user)
  writeFileSync(SETTINGS, settings(ports, true))
  writeFileSync(HBA_FILE, 'host all all 127.0.0.1/32 scram-sha-256\n')
  const args = ['-D', DATA, '-c', `config_file=${SETTINGS}`]
  return startDetached(join(bin, 'postgres'), args, { ...user, log: postgres.log, env: cleanEnv(), cwd: HOME })
}

/**
 * Changes whether the running server waits for the disk. Without it, a test's database is dropped ten times as fast; a
 * crash of the machine, but not of the server, can then damage the data.
 * @param {Ports} ports
 * @param {boolean} fsync
 */
export function setFsync(ports, fsync) {
  const text = settings(ports, fsync)
  const pid = postgres.pid()
  if (pid === undefined || readFileSync(SETTINGS, 'utf8') === text) return
  writeFileSync(SETTINGS, text)
  send(pid, 'SIGHUP')
}

/** @type {import('./private.mjs').Server} */
export const postgres = {
  name: 'postgres',
  label: 'PostgreSQL',
  program: 'postgres',
  folder: HOME,
  log: join(LOG_FOLDER, 'postgres.log'),
  portNames: ['main'],
  startTimeoutSeconds: 60,
  // SIGINT is PostgreSQL's fast shutdown; SIGQUIT the immediate one, after which it recovers at the next start.
  signals: ['SIGINT', 'SIGQUIT'],
  isInstalled: () => findPostgres(undefined) !== undefined,
  pid: () => (existsSync(PID_FILE) ? Number(readFileSync(PID_FILE, 'utf8').split('\n')[0]) : undefined),
  beforeStart,
  start,
  probe: (ports) => probePostgres(new URL(postgresUrl(ports))),
  afterStop: async () => {},
}
