export type ServerName = 'postgres' | 'redis' | 'rabbitmq'

/** A disk that can be full, on which PostgreSQL may have a tablespace. */
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
  /** @param atOnce as in a crash */
  stop(name: ServerName, atOnce: boolean): Promise<void>
  start(name: ServerName): Promise<void>
  /** `without`: why there can be none here. */
  smallDisk: SmallDisk | { without: string }
}
