import { STATUS_CODES } from 'node:http'
import type { Response } from 'express'

/** Serialized JSON, to be sent unchanged. */
export class JsonText {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** The answer of an endpoint: rows (the first is the header), another array, or serialized JSON. */
export type Answer = readonly unknown[] | JsonText

export const CONTENT_TYPE = 'text/json; charset=utf-8'

/** Sends an answer with the headers of all answers; Node omits the body for a HEAD request. */
export function send(response: Response, status: number, answer: Answer, headers: Record<string, string> = {}): void {
  const body = answer instanceof JsonText ? answer.text : JSON.stringify(answer)
  response
    .status(status)
    .set({
      'Content-Type': CONTENT_TYPE,
      Vary: 'Accept',
      'Content-Length': String(Buffer.byteLength(body)),
      ...headers,
    })
    .end(body)
}

/** An error as a table. */
export function errorRows(status: number, message: string): Answer {
  return [
    ['Error', 'Message'],
    [STATUS_CODES[status] ?? 'Error', message],
  ]
}
