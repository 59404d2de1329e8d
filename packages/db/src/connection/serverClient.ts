import pg from 'pg'
import type { ServerSelector } from './serverSelector.ts'

/** PostgreSQL's code for a write on a server that is read-only. */
const READ_ONLY = '25006'

/** Options of the driver, and the choice of a server. */
export interface ServerClientConfig extends pg.ClientConfig {
  selector?: ServerSelector | undefined
  /** Called when a statement failed because the server is read-only. */
  onReadOnly?: (() => void) | undefined
}

/** A connection of the driver to one of several servers, chosen when it connects. */
export class ServerClient extends pg.Client {
  readonly #selector: ServerSelector | undefined

  constructor(config: ServerClientConfig = {}) {
    super(config)
    this.#selector = config.selector
    const { onReadOnly } = config
    if (onReadOnly === undefined) return
    // The driver's protocol layer, which has no types: it sees every error of the server, whoever runs the statement.
    const protocol: unknown = Reflect.get(this, 'connection')
    if (protocol instanceof Object && 'on' in protocol && typeof protocol.on === 'function') {
      protocol.on('errorMessage', (error: { code?: string }) => {
        if (error.code === READ_ONLY) onReadOnly()
      })
    }
  }

  override connect(): Promise<pg.Client>
  override connect(callback: ((error: Error) => void) | ((error: null, client: pg.Client) => void)): void
  override connect(callback?: unknown): unknown {
    const connecting = this.#connect()
    if (typeof callback !== 'function') return connecting
    connecting.then(
      () => callback(null, this),
      (error: unknown) => callback(error),
    )
    return undefined
  }

  async #connect(): Promise<pg.Client> {
    if (this.#selector !== undefined) Object.assign(this, await this.#selector.choose())
    await super.connect()
    return this
  }

  /** Closes the connection at once, as a lost one: its pool replaces it, and its statements fail and are repeated. */
  drop(): void {
    const stream: unknown = Reflect.get(Object(Reflect.get(this, 'connection')), 'stream')
    if (stream instanceof Object && 'destroy' in stream && typeof stream.destroy === 'function') stream.destroy()
  }
}
