import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram } from './binaries.mjs'
import { CONFIG_FOLDER, FOLDER, LOG_FOLDER } from './place.mjs'
import { probeRedis } from './probe.mjs'
import { bareEnv, startDetached } from './run.mjs'
import { redisUrl } from './urls.mjs'
import { ensureOwnedFolder, userFor } from './users.mjs'

const HOME = join(FOLDER, 'redis')
const PID_FILE = join(HOME, 'redis.pid')
const SETTINGS = join(CONFIG_FOLDER, 'redis.conf')

// BullMQ keeps its jobs in Redis: evicting any key under memory pressure would lose some.
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

async function start(ports) {
  const user = userFor('redis')
  ensureOwnedFolder(HOME, user)
  writeFileSync(SETTINGS, settings(ports))
  return startDetached(findProgram('redis-server'), [SETTINGS], { ...user, log: redis.log, env: bareEnv(), cwd: HOME })
}

/** @type {import('./private.mjs').Server} */
export const redis = {
  name: 'redis',
  label: 'Redis',
  program: 'redis-server',
  folder: HOME,
  log: join(LOG_FOLDER, 'redis.log'),
  portNames: ['main'],
  seconds: 30,
  signals: ['SIGTERM', 'SIGKILL'],
  isInstalled: () => findProgram('redis-server') !== undefined,
  pid,
  beforeStart: async () => {},
  start,
  answers: (ports) => probeRedis(new URL(redisUrl(ports))),
  afterStop: async () => {},
}
