import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram } from './binaries.mjs'
import { CONFIG_FOLDER, FOLDER, LOG_FOLDER } from './paths.mjs'
import { probeRedis } from './probe.mjs'
import { cleanEnv, startDetached } from './run.mjs'
import { redisUrl } from './urls.mjs'
import { ensureOwnedFolder, userFor } from './users.mjs'

/** @typedef {import('./urls.mjs').Ports} Ports */

const HOME = join(FOLDER, 'redis')
const PID_FILE = join(HOME, 'redis.pid')
const SETTINGS = join(CONFIG_FOLDER, 'redis.conf')

/**
 * BullMQ keeps its jobs in Redis, so no key may be evicted under memory pressure.
 * @param {Ports} ports
 */
function settings(ports) {
  return `bind 127.0.0.1
port ${ports.main}
dir ${HOME}
pidfile ${PID_FILE}
maxmemory-policy noeviction
`
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
  const user = userFor('redis')
  ensureOwnedFolder(HOME, user)
  writeFileSync(SETTINGS, settings(ports))
  const command = findProgram('redis-server') ?? 'redis-server'
  return startDetached(command, [SETTINGS], { ...user, log: redis.log, env: cleanEnv(), cwd: HOME })
}

/** @type {import('./private.mjs').Server} */
export const redis = {
  name: 'redis',
  label: 'Redis',
  program: 'redis-server',
  folder: HOME,
  log: join(LOG_FOLDER, 'redis.log'),
  portNames: ['main'],
  startTimeoutSeconds: 30,
  signals: ['SIGTERM', 'SIGKILL'],
  isInstalled: () => findProgram('redis-server') !== undefined,
  pid,
  beforeStart: async () => {},
  start,
  probe: (ports) => probeRedis(new URL(redisUrl(ports))),
  afterStop: async () => {},
}
