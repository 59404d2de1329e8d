import { setTimeout as sleep } from 'node:timers/promises'

/** Milliseconds within which the truth has to be told. */
const PATIENCE = 12_000

/** Milliseconds within which any answer has to come. */
const ANSWER = 8_000

/** What is asked of the api while something is wrong. */
export class Health {
  readonly complaints: string[] = []
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  /**
   * Sees to it that the api says it is alive, and comes to say whether it can answer.
   *
   * @param about what is going on, for the complaint
   */
  async expect(ready: boolean, about: string): Promise<void> {
    const wanted = ready ? 200 : 503
    const deadline = Date.now() + PATIENCE
    let alive = 0
    let found = 0
    do {
      ;[alive, found] = await Promise.all([this.#status('healthz'), this.#status('readyz')])
      if (alive === 200 && found === wanted) return
      await sleep(100)
    } while (Date.now() < deadline)
    this.complaints.push(
      `${about}: healthz says ${told(alive)} and readyz ${told(found)}, but it is alive and ${ready ? 'can' : 'cannot'} answer`,
    )
  }

  /** 0 when there is no answer. */
  async #status(path: string): Promise<number> {
    try {
      const response = await fetch(new URL(path, this.#url), { signal: AbortSignal.timeout(ANSWER) })
      await response.arrayBuffer()
      return response.status
    } catch {
      return 0
    }
  }
}

function told(status: number): string {
  return status === 0 ? 'nothing' : String(status)
}
