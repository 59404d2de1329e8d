import { readPassword } from './paths.mjs'

// The password and RabbitMQ user of the servers in docker-compose.yml.
const DOCKER_LOGIN = 'stacktach'

/** @typedef {Record<string, number>} Ports */

/** @param {Ports} ports @returns {string} */
export const postgresUrl = (ports, password = readPassword()) =>
  `postgres://stacktach:${password}@127.0.0.1:${ports.main}/stacktach`

/** @param {Ports} ports @returns {string} */
export const redisUrl = (ports) => `redis://127.0.0.1:${ports.main}`

/** @param {Ports} ports @returns {string} */
export const amqpUrl = (ports, login = 'guest') => `amqp://${login}:${login}@127.0.0.1:${ports.amqp}`

/** @param {Ports} ports @returns {string} */
export const managementUrl = (ports, login = 'guest') => `http://${login}:${login}@127.0.0.1:${ports.management}`

/**
 * The addresses of this checkout's own servers, running or not, if they have ports.
 * @param {import('./state.mjs').State} state
 * @returns {import('./named.mjs').Addresses}
 */
export function ownUrls({ how, servers: { postgres, redis, rabbitmq } }) {
  const login = how === 'docker' ? DOCKER_LOGIN : undefined
  return {
    ...(postgres && { DATABASE_URL: postgresUrl(postgres.ports, login) }),
    ...(redis && { REDIS_URL: redisUrl(redis.ports) }),
    ...(rabbitmq && {
      AMQP_URL: amqpUrl(rabbitmq.ports, login),
      AMQP_MANAGEMENT_URL: managementUrl(rabbitmq.ports, login),
    }),
  }
}
