/** Cycles through the hosts of a broker, beginning with a random one, so that clients spread over the hosts. */
export class HostCycle<Host> {
  readonly #hosts: readonly Host[]
  #index: number

  /** @throws Error when there are no hosts */
  constructor(hosts: readonly Host[], random: () => number = Math.random) {
    if (hosts.length === 0) throw new Error('a broker needs a host')
    this.#hosts = hosts
    this.#index = Math.floor(random() * hosts.length)
  }

  get length(): number {
    return this.#hosts.length
  }

  next(): Host {
    const host = this.#hosts[this.#index]
    if (host === undefined) throw new Error('unreachable: the index is within the list')
    this.#index = (this.#index + 1) % this.#hosts.length
    return host
  }
}
