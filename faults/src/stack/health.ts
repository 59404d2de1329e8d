import { setTimeout as sleep } from 'node:timers/promises'

const EXPECT_TIMEOUT_MS = 12_000
const REQUEST_TIMEOUT_MS = 8_000

/** Checks the API's health endpoints during a fault. */
export class Health {
  readonly problems: string[] = []
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  /**
   * Waits until the API reports that it is alive, and whether it is ready as expected; records a problem on timeout.
   *
   * @param situation the current fault, for the problem's text
   */
  async expect(ready: boolean, situation: string): Promise<void> {
    const expected = ready ? 200 : 503
    const deadline = Date.now() + EXPECT_TIMEOUT_MS
    let alive = 0
    let actual = 0
    do {
      ;[alive, actual] = await Promise.all([this.#status('healthz'), this.#status('readyz')])
      if (alive === 200 && actual === expected) return
      await sleep(100)
    } while (Date.now() < deadline)
    const statuses = `got ${describe(alive)} and ${describe(actual)}`
    this.problems.push(`${situation}: expected status 200 of healthz and ${expected} of readyz, ${statuses}`)
  }

  /** The HTTP status, 0 if there is no response. */
  async #status(path: string): Promise<number> {
    try {
      const response = await fetch(new URL(path, this.#url), { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) })
      await response.arrayBuffer()
      return response.status
    } catch {
      return 0
    }
  }
}

function describe(status: number): string {
  return status === 0 ? 'no response' : String(status)
}
