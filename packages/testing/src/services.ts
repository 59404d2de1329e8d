/** Addresses of the servers that tests use. */
export interface Services {
  databaseUrl: string
  redisUrl: string
  amqpUrl: string
  /** RabbitMQ's management plugin, which creates virtual hosts. */
  managementUrl: string
}

/**
 * The servers named in the environment.
 *
 * @throws Error when one is missing: no test is skipped because of a missing server
 */
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
