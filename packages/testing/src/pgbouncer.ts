import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chownSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { freePort } from './detour.ts'
import { findProgram } from './findProgram.ts'

/** A PgBouncer of one test. */
export interface Pooler {
  /** The URL of a database, through PgBouncer. */
  through(url: string): string
  stop(): Promise<void>
}

/** Path of PgBouncer; null when it is not installed on this machine. */
export function pgbouncerProgram(): string | null {
  return findProgram('pgbouncer', ['/usr/sbin'])
}

/**
 * Starts PgBouncer in transaction mode before the server of a URL, with few connections, so that its clients share them.
 *
 * @param users passwords of further users, by name
 * @param settings further lines of its configuration
 */
export async function startPgbouncer(
  program: string,
  url: string,
  users: Readonly<Record<string, string>>,
  settings: readonly string[],
): Promise<Pooler> {
  const { hostname, port, username, password } = new URL(url)
  const folder = await mkdtemp(join(tmpdir(), 'stacktach-pgbouncer-'))
  // PgBouncer refuses to run as root.
  const user = process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : {}
  const own = await freePort()
  const file = join(folder, 'pgbouncer.ini')
  const passwords = join(folder, 'users.txt')
  const logins = Object.entries({ [username]: decodeURIComponent(password), ...users })
  writeFileSync(passwords, logins.map(([name, secret]) => `"${name}" "${secret}"\n`).join(''))
  writeFileSync(
    file,
    `[databases]
* = host=${hostname} port=${port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${own}
unix_socket_dir =
auth_type = trust
auth_file = ${passwords}
pool_mode = transaction
default_pool_size = 4
max_client_conn = 200
${settings.join('\n')}
`,
  )
  for (const path of [folder, file, passwords]) if (user.uid !== undefined) chownSync(path, user.uid, user.gid)
  const running: ChildProcess = spawn(program, [file], { ...user, cwd: folder, stdio: 'ignore' })
  const ended = new Promise((resolve) => running.once('exit', resolve))
  const through = (target: string) => {
    const proxied = new URL(target)
    proxied.hostname = '127.0.0.1'
    proxied.port = String(own)
    return proxied.href
  }
  for (let tries = 0; ; tries++) {
    const client = new pg.Client({ connectionString: through(url) })
    try {
      await client.connect()
      await client.end()
      break
    } catch (error) {
      if (running.exitCode !== null || tries === 100) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  return {
    through,
    async stop() {
      running.kill('SIGKILL')
      await ended
      await rm(folder, { recursive: true })
    },
  }
}

function idOf(which: '-u' | '-g'): number {
  return Number(execFileSync('id', [which, 'postgres'], { encoding: 'utf8' }))
}
