import type { Connection } from './connection.ts'

/** BullMQ prints this for each of its connections. A process has several of them for each queue. */
const bullmqWarning = /^IMPORTANT! Eviction policy is /

let isMuted = false

/** Keeps BullMQ from printing its warning about evictions; `onEviction` reports them once. */
export function muteEvictionWarnings(): void {
  if (isMuted) return
  isMuted = true
  // biome-ignore lint/suspicious/noConsole: BullMQ calls it.
  const print = console.warn
  console.warn = (...args: unknown[]) => {
    if (!bullmqWarning.test(String(args[0]))) print(...args)
  }
}

/** Whenever a connection is ready, checks whether Redis may evict keys; `report` receives the problem in one sentence. */
export function onEviction(connection: Connection, report: (text: string) => void): void {
  connection.on('ready', () => {
    connection.info('memory').then(
      (info) => {
        const [, policy = 'noeviction'] = /^maxmemory_policy:(\S+)/m.exec(info) ?? []
        if (policy !== 'noeviction') {
          report(
            `Redis at REDIS_URL may evict keys, and with them jobs: set maxmemory-policy to noeviction, not ${policy}`,
          )
        }
      },
      // A lost connection is reported as such.
      () => {},
    )
  })
}
