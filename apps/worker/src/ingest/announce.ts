import { hostname } from 'node:os'
import { ANNOUNCE_INTERVAL_MS, type BrokerConnections, type Producer } from '@stacktach/jobs'
import { type Logger, messageOf, settleWithin } from '@stacktach/runtime'

const WITHDRAW_TIMEOUT_MS = 500

/** Announces this process and its connections in Redis, for `status`. */
export interface Announcer {
  /** Announces a change at once. */
  changed(): void
  stop(): Promise<void>
}

/** Starts to announce this process at intervals. While Redis is unavailable nothing is announced. */
export function startAnnouncing(producer: Producer, brokers: () => BrokerConnections, logger: Logger): Announcer {
  const name = `${hostname()}:${process.pid}`
  const announce = () => {
    if (!producer.isReady()) return
    producer
      .announceIngest(name, brokers())
      .catch((error: unknown) => logger.debug({ reason: messageOf(error) }, 'could not announce this process'))
  }
  const timer = setInterval(announce, ANNOUNCE_INTERVAL_MS)
  return {
    changed: announce,
    async stop() {
      clearInterval(timer)
      if (producer.isReady()) await settleWithin(producer.withdrawIngest(name), WITHDRAW_TIMEOUT_MS)
    },
  }
}
