/** Addresses of the servers that tests use. */
export interface Services {
  databaseUrl: string
  redisUrl: string
  amqpUrl: string
  /** Of RabbitMQ's management plugin, by which virtual hosts are made. */
  managementUrl: string
}

/** The servers that the environment names. A missing one fails the test: none is ever skipped. */
export function services(): Services {
  return {
    databaseUrl: required('DATABASE_URL'),
    redisUrl: required('REDIS_URL'),
    amqpUrl: required('AMQP_URL'),
    managementUrl: required('AMQP_MANAGEMENT_URL'),
  }
}

function required(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set: run npm test, or eval "$(npm run -s services -- env)" before jest`)
  return value
}
