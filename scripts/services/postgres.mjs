import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findPostgres } from './binaries.mjs'
import { CONFIG_FOLDER, ensurePassword, FOLDER, LOG_FOLDER, readPassword } from './place.mjs'
import { probePostgres } from './probe.mjs'
import { processesOf, send, waitUntil } from './process.mjs'
import { note, ServicesError } from './report.mjs'
import { bareEnv, lastLines, run, startDetached } from './run.mjs'
import { postgresUrl } from './urls.mjs'
import { ensureOwnedFolder, userFor } from './users.mjs'

const HOME = join(FOLDER, 'postgres')
const DATA = join(HOME, 'data')
const SOCKETS = join(HOME, 'socket')
const PID_FILE = join(DATA, 'postmaster.pid')
const SETTINGS = join(CONFIG_FOLDER, 'postgresql.conf')
const ACCESS = join(CONFIG_FOLDER, 'pg_hba.conf')

function settings(ports) {
  return `listen_addresses = '127.0.0.1'
port = ${ports.main}
unix_socket_directories = '${SOCKETS}'
hba_file = '${ACCESS}'
max_connections = 200
shared_buffers = 256MB
max_wal_size = 2GB
fsync = on
password_encryption = 'scram-sha-256'
timezone = 'UTC'
log_timezone = 'UTC'
`
}

function dataVersion() {
  return existsSync(join(DATA, 'PG_VERSION')) ? Number(readFileSync(join(DATA, 'PG_VERSION'), 'utf8')) : undefined
}

async function runAsUser(command, args, input) {
  const { ok, output } = await run(command, args, { ...userFor('postgres'), env: bareEnv(), cwd: HOME, input })
  if (!ok) throw new ServicesError(`PostgreSQL: ${command} failed:\n${lastLines(output)}`)
}

// Everything is done to a folder that gets its name last, so that a run cut short leaves no half-made database behind.
async function createData(bin) {
  const draft = `${DATA}.new`
  rmSync(draft, { recursive: true, force: true })
  note('PostgreSQL: creating the database')
  const locale = ['--encoding=UTF8', '--locale=C.UTF-8']
  // No way in by initdb's own rules: our file replaces them, and the password is set before the first real start.
  const access = ['--username=stacktach', '--auth-local=reject', '--auth-host=reject']
  await runAsUser(join(bin, 'initdb'), ['-D', draft, ...locale, ...access])
  const sql = `ALTER ROLE stacktach PASSWORD '${ensurePassword()}'\nCREATE DATABASE stacktach\n`
  await runAsUser(join(bin, 'postgres'), ['--single', '-D', draft, '-c', 'exit_on_error=true', 'postgres'], sql)
  renameSync(draft, DATA)
}

/**
 * Clears up after a server that was killed. Its backends hold on to shared memory until they notice, and a pid file
 * whose number now belongs to another PostgreSQL of the same user would keep ours from starting.
 * @returns {Promise<void>}
 */
async function beforeStart() {
  const gone = () => processesOf('postgres', DATA).length === 0
  if (!(await waitUntil(gone, 3000))) {
    for (const pid of processesOf('postgres', DATA)) send(pid, 'SIGQUIT')
    if (!(await waitUntil(gone, 10_000))) throw new ServicesError(`PostgreSQL: processes of ${DATA} do not end`)
  }
  rmSync(PID_FILE, { force: true })
  rmSync(SOCKETS, { recursive: true, force: true })
}

async function start(ports) {
  const user = userFor('postgres')
  if (process.getuid() === 0 && !user.uid) throw new ServicesError('PostgreSQL: there is no user postgres to run it')
  const version = dataVersion()
  const bin = findPostgres(version)
  if (!bin) throw new ServicesError(`PostgreSQL ${version}, which made ${DATA}, is not installed any more`)
  ensureOwnedFolder(HOME, user)
  if (!version) await createData(bin)
  if (!readPassword())
    throw new ServicesError(`PostgreSQL: the password of ${DATA} is lost; down --purge begins afresh`)
  ensureOwnedFolder(SOCKETS, user)
  writeFileSync(SETTINGS, settings(ports))
  writeFileSync(ACCESS, 'host all all 127.0.0.1/32 scram-sha-256\n')
  const args = ['-D', DATA, '-c', `config_file=${SETTINGS}`]
  return startDetached(join(bin, 'postgres'), args, { ...user, log: postgres.log, env: bareEnv(), cwd: HOME })
}

/** @type {import('./private.mjs').Server} */
export const postgres = {
  name: 'postgres',
  label: 'PostgreSQL',
  program: 'postgres',
  folder: HOME,
  log: join(LOG_FOLDER, 'postgres.log'),
  portNames: ['main'],
  seconds: 60,
  // SIGINT is PostgreSQL's fast shutdown, SIGQUIT the immediate one that recovers at the next start.
  signals: ['SIGINT', 'SIGQUIT'],
  isInstalled: () => findPostgres() !== undefined,
  pid: () => (existsSync(PID_FILE) ? Number(readFileSync(PID_FILE, 'utf8').split('\n')[0]) : undefined),
  beforeStart,
  start,
  answers: (ports) => probePostgres(new URL(postgresUrl(ports))),
  afterStop: async () => {},
}
