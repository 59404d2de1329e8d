export type ServerName = 'postgres' | 'redis' | 'rabbitmq'

/** A small disk with a PostgreSQL tablespace, which the suite can fill. */
export interface SmallDisk {
  folder: string
  fill(): void
  clear(): void
}

/** The suite's own servers, which it may stop. */
export interface Servers {
  databaseUrl: string
  redisUrl: string
  amqpUrl: string
  managementUrl: string
  /** @param atOnce whether to stop without a shutdown, as in a crash */
  stop(name: ServerName, atOnce: boolean): Promise<void>
  start(name: ServerName): Promise<void>
  /** `without`: why this machine has no small disk. */
  smallDisk: SmallDisk | { without: string }
}
