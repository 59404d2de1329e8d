import { STATUS_CODES } from 'node:http'
import { type HttpError, InvalidParameters } from '@stacktach/http'
import type { Response } from 'express'
import { z } from 'zod'

/** An error in the form of RFC 9457. */
export const problem = z
  .object({
    type: z.literal('about:blank').meta({ description: 'The status says what kind of problem it is.' }),
    title: z.string().meta({ description: 'Reason phrase of the status.' }),
    status: z.int().min(400).max(599),
    detail: z.string().meta({ description: 'What is wrong, then what to do.' }),
    parameters: z
      .array(z.object({ name: z.string(), detail: z.string() }))
      .optional()
      .meta({ description: 'With status 400: the invalid parameters of the query.' }),
  })
  .meta({ id: 'Problem' })

/** Sends an error as application/problem+json. */
export function sendProblem(response: Response, error: HttpError): void {
  const { status, message: detail, headers } = error
  const body: z.infer<typeof problem> = {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    ...(error instanceof InvalidParameters ? { parameters: [...error.faults] } : {}),
  }
  sendJson(response, status, 'application/problem+json', JSON.stringify(body), headers)
}

/** Sends JSON text; Node omits the body for a HEAD request. Answers are about the present and can be private. */
export function sendJson(
  response: Response,
  status: number,
  contentType: string,
  body: string,
  headers: Record<string, string> = {},
): void {
  response
    .status(status)
    .set({
      'Content-Type': contentType,
      'Content-Length': String(Buffer.byteLength(body)),
      'Cache-Control': 'no-store',
      ...headers,
    })
    .end(body)
}
