import type { UsageList, UsageRow } from '@stacktach/db'
import { formatInstant, stringifyJson } from '@stacktach/domain'
import { stringify } from 'csv-stringify/sync'
import type { Request, Response } from 'express'

type Value = string | number | bigint | null

/** A row as StackTach shows it: times as Python's text, numbers as numbers. */
export function shownRow({ columns }: UsageList, row: UsageRow): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(columns).map(([name, { type }]) => {
      const value = row[name] ?? null
      if (type === 'time' && typeof value === 'number') return [name, formatInstant(value)]
      return [name, type === 'bytes' && value !== null ? BigInt(value) : value]
    }),
  )
}

/** Sends an object under one key, or nothing. */
export function sendDbAnswer(
  response: Response,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  sendText(response, status, 'application/json', body === undefined ? '' : stringifyJson(body), headers)
}

/** Sends rows under a key, or as CSV if the client asks for it. */
export function sendRows(
  request: Request,
  response: Response,
  key: string,
  names: readonly string[],
  rows: readonly Record<string, Value>[],
): void {
  if (request.accepts(['application/json', 'text/csv']) === 'text/csv') {
    const lines = stringify([names, ...rows.map((row) => names.map((name) => row[name]))])
    sendText(response, 200, 'text/csv; charset=utf-8', lines)
  } else sendDbAnswer(response, 200, { [key]: rows })
}

function sendText(
  response: Response,
  status: number,
  type: string,
  text: string,
  headers: Record<string, string> = {},
): void {
  response
    .status(status)
    .set({ Vary: 'Accept', 'Content-Length': String(Buffer.byteLength(text)), ...headers })
    // Express would add a charset to application/json.
    .setHeader('Content-Type', type)
    .end(text)
}
