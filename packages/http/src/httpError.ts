/** An error with an HTTP status. The message and the headers are sent to the client. */
export class HttpError extends Error {
  override name = 'HttpError'
  readonly status: number
  readonly headers: Record<string, string>

  constructor(status: number, message: string, headers: Record<string, string> = {}) {
    super(message)
    this.status = status
    this.headers = headers
  }
}

/** Invalid parameters of a query: an error 400 whose message names all of them. */
export class InvalidParameters extends HttpError {
  override name = 'InvalidParameters'
  /** What is wrong with each of them, by name. */
  readonly faults: readonly { name: string; detail: string }[]

  constructor(faults: readonly { name: string; detail: string }[]) {
    super(400, [...new Set(faults.map(({ detail }) => detail))].join('; '))
    this.faults = faults
  }
}
