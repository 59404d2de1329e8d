import { type ArrivalPosition, arrivalsBefore, compareArrivals, type Database } from '@stacktach/db'
import type { Logger } from '@stacktach/runtime'
import { Chunks } from './chunks.ts'
import { gapEvent, type LiveState, stateEvent } from './events.ts'
import type { LiveClient } from './liveClient.ts'
import type { LiveMetrics } from './liveMetrics.ts'
import { type PollerTarget, poll, retryingReads } from './poller.ts'
import { MAX_ENTRIES, RecentArrivals } from './recentArrivals.ts'

/** A repeated state keeps a connection open: well below the time after which the server and proxies close a connection without traffic. */
export const HEARTBEAT_INTERVAL_MS = 15_000

/** How long a client may be ahead of this process, which can read from a replica that lags. */
const MAX_AHEAD_MS = 60_000

/** A run of the poller: from the first client to the last one. */
interface Run {
  abort: AbortController
  state: LiveState
  /** Null until the database has answered. */
  recent: RecentArrivals | null
  /** Reads the arrivals before `recent`, once, when the first client asks for them. */
  extending: Promise<void> | null
}

/**
 * Distributes new notifications to the connected clients. Only while there are clients, one poller reads them from the
 * database.
 */
export class LiveHub {
  readonly #db: Database
  readonly #logger: Logger
  readonly #metrics: LiveMetrics
  readonly #heartbeatMs: number
  readonly #chunks = new Chunks()
  /** The clients, and since when those wait that have no place in the stream yet. */
  readonly #clients = new Map<LiveClient, { waitingSince: number | null }>()
  #run: Run | null = null
  #heartbeat: NodeJS.Timeout | undefined

  constructor(db: Database, logger: Logger, metrics: LiveMetrics, heartbeatMs: number) {
    this.#heartbeatMs = heartbeatMs
    this.#db = db
    this.#logger = logger
    this.#metrics = metrics
  }

  get size(): number {
    return this.#clients.size
  }

  add(client: LiveClient): void {
    this.#clients.set(client, { waitingSince: performance.now() })
    this.#metrics.clients(this.#clients.size)
    this.#run ??= this.#start()
    this.#place(client, this.#run)
  }

  remove(client: LiveClient): void {
    this.#clients.delete(client)
    this.#metrics.clients(this.#clients.size)
    if (this.#clients.size === 0) this.#stop()
  }

  /** Ends all responses. */
  end(): void {
    for (const client of this.#clients.keys()) client.end()
  }

  #start(): Run {
    const run: Run = { abort: new AbortController(), state: 'live', recent: null, extending: null }
    this.#heartbeat = setInterval(() => this.#beat(), this.#heartbeatMs)
    poll(this.#db, this.#targetOf(run), this.#logger, run.abort.signal).catch((err: unknown) => {
      // Clients connect again, which starts the next run.
      this.#logger.error({ err }, 'live notifications stopped')
      if (this.#run === run) this.#stop()
      for (const client of this.#clients.keys()) client.disconnect()
    })
    return run
  }

  #stop(): void {
    clearInterval(this.#heartbeat)
    this.#run?.abort.abort()
    this.#run = null
    this.#chunks.clear()
  }

  #targetOf(run: Run): PollerTarget {
    return {
      started: (position) => {
        const previous = run.recent
        run.recent = new RecentArrivals(position, previous?.end ?? 0)
        run.extending = null
        this.#chunks.clear()
        for (const [client, { waitingSince }] of this.#clients) {
          if (waitingSince === null) this.#skipTo(client, run.recent, run.recent.end)
          else this.#place(client, run)
        }
      },
      arrived: ({ arrivals, position }) => {
        run.recent?.push(arrivals, position)
        this.#chunks.clear()
        for (const [client, { waitingSince }] of this.#clients) {
          if (waitingSince !== null) this.#place(client, run)
          client.deliver()
          if (client.isSlow()) this.#disconnectSlow(client)
        }
      },
      changed: (state) => {
        if (run.state === state) return
        run.state = state
        for (const client of this.#clients.keys()) client.write(stateEvent(state, this.#positionOf(client)))
      },
    }
  }

  /** Gives a waiting client its place in the stream, as soon as that is known. */
  #place(client: LiveClient, run: Run): void {
    const { recent } = run
    const entry = this.#clients.get(client)
    if (recent === null || entry === undefined || entry.waitingSince === null) return
    const { after } = client
    if (after !== null && isAhead(after, recent)) {
      if (performance.now() - entry.waitingSince > MAX_AHEAD_MS) this.#skipTo(client, recent, recent.end)
      return
    }
    const next = after === null ? recent.end : recent.after(after)
    if (next !== null) this.#begin(client, recent, run.state, next)
    else if (recent.extendableBefore === null) this.#skipTo(client, recent, recent.first)
    else run.extending ??= this.#extend(run, recent, recent.extendableBefore)
  }

  /** Adds the arrivals before the start of the run, for clients that were connected before. */
  async #extend(run: Run, recent: RecentArrivals, before: ArrivalPosition): Promise<void> {
    try {
      const { signal } = run.abort
      const retrying = retryingReads(this.#targetOf(run), this.#logger, signal)
      const { arrivals, completeFrom } = await retrying(() => arrivalsBefore(this.#db, before, MAX_ENTRIES))
      if (signal.aborted || run.recent !== recent) return
      recent.extend(arrivals, completeFrom)
      this.#chunks.clear()
      for (const client of this.#clients.keys()) this.#place(client, run)
    } catch (err) {
      if (!run.abort.signal.aborted) this.#logger.error({ err }, 'could not read earlier notifications')
    }
  }

  #begin(client: LiveClient, recent: RecentArrivals, state: LiveState, next: number): void {
    this.#clients.set(client, { waitingSince: null })
    client.attach(recent, this.#chunks, next)
    client.write(stateEvent(state, next === recent.end ? recent.position : client.after))
    client.deliver()
  }

  /** Reports to a client that notifications were skipped. A blocked client is disconnected, and gets the event when it connects again. */
  #skipTo(client: LiveClient, recent: RecentArrivals, next: number): void {
    if (client.isBlocked) {
      this.#disconnectSlow(client)
      return
    }
    this.#metrics.gap()
    this.#clients.set(client, { waitingSince: null })
    client.attach(recent, this.#chunks, next)
    client.write(gapEvent(next === recent.end ? recent.position : recent.completeFrom))
    client.deliver()
  }

  #disconnectSlow(client: LiveClient): void {
    this.#metrics.disconnectedAsSlow()
    client.disconnect()
  }

  /** The position that a client has reached, if it is that of the stream. */
  #positionOf(client: LiveClient): ArrivalPosition | null {
    return client.upToDate ? (this.#run?.recent?.position ?? null) : null
  }

  #beat(): void {
    for (const client of this.#clients.keys()) {
      if (client.isSlow()) this.#disconnectSlow(client)
      else if (client.hasAccess()) client.write(stateEvent(this.#run?.state ?? 'live', this.#positionOf(client)))
      else client.end()
    }
  }
}

/** Whether a client has received rows that this process has not read yet. */
function isAhead(after: ArrivalPosition, { position }: RecentArrivals): boolean {
  return compareArrivals(after, position) > 0
}
