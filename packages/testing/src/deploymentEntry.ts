/** Bindings of a deployments file, by exchange. */
export type Topics = Record<string, { queue: string; routing_key: string; from?: string }[]>

/**
 * A deployment's entry in a deployments file, as an operator writes it.
 *
 * @param broker URL whose path is the virtual host
 */
export function deploymentEntry(name: string, broker: URL, topics: Topics): object {
  return {
    name,
    rabbit_host: broker.hostname,
    rabbit_port: Number(broker.port || 5672),
    rabbit_userid: decodeURIComponent(broker.username) || 'guest',
    rabbit_password: decodeURIComponent(broker.password) || 'guest',
    rabbit_virtual_host: decodeURIComponent(broker.pathname.slice(1)),
    topics,
  }
}
