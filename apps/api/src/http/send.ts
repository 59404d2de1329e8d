import { STATUS_CODES } from 'node:http'
import type { Response } from 'express'

/** Text that is JSON already, to be sent untouched. */
export class JsonText {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** What an endpoint answers: rows (the first is the header), another array, or a text that is JSON. */
export type Answer = readonly unknown[] | JsonText

export const CONTENT_TYPE = 'text/json; charset=utf-8'

/** Sends an answer; to a HEAD request its headers alone. */
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

/** An error in the shape of every other answer. */
export function errorRows(status: number, message: string): Answer {
  return [
    ['Error', 'Message'],
    [STATUS_CODES[status] ?? 'Error', message],
  ]
}
