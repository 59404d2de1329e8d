import type { Confirmation, TenantDescription } from '@stacktach/db'
import { HttpError } from '@stacktach/http'
import { z } from 'zod'

type JsonBody = Record<string, unknown>

/**
 * Parses a request body, whatever its Content-Type: Yagi sends none.
 *
 * @throws HttpError 400
 */
export function parseBody(body: Buffer): JsonBody {
  if (body.length === 0) throw new HttpError(400, 'Request body required')
  const { data, success } = z.record(z.string(), z.unknown()).safeParse(parseJsonText(decodeBody(body)))
  if (!success) throw new HttpError(400, 'The request body must be a JSON object')
  return data
}

/**
 * Decodes a request body.
 *
 * @throws HttpError 400
 */
function decodeBody(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    throw new HttpError(400, 'The request body must be UTF-8')
  }
}

function parseJsonText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** The member of a body that it must have. */
function required(body: JsonBody, name: string): unknown {
  const value = body[name] ?? null
  if (value === null) throw new HttpError(400, `'${name}' missing from request body`)
  return value
}

const MAX_STATUS = 2 ** 31 - 1

/** An HTTP status, or 0. Django took digits in a text for a number, too. */
const status = z.union([
  z.int().min(0).max(MAX_STATUS),
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number),
])

const storableText = z.string().regex(/^[^\0]*$/)

const statusByMessage = z.record(z.string(), status)

const eventByMessage = z.record(
  z.string(),
  z.object({
    status: status.nullish().transform((value) => value ?? 0),
    event_id: z
      .union([storableText, z.number().transform(String)])
      .nullish()
      .transform((value) => value ?? ''),
  }),
)

/** What a batch says, by service; null if its version is unknown, which changes nothing. */
export type ConfirmedBatch = Record<'nova' | 'glance', Confirmation[]> | null

/**
 * The confirmations of a batch of any of the three versions.
 *
 * @throws HttpError 400
 */
export function confirmedBatch(body: JsonBody): ConfirmedBatch {
  const messages = required(body, 'messages')
  const { version = 0 } = body
  if (version === 0) return { nova: plain(parse(statusByMessage, messages, 'messages')), glance: [] }
  if (version !== 1 && version !== 2) return null
  const services = parse(
    z.object({ nova: z.unknown().optional(), glance: z.unknown().optional() }),
    messages,
    'messages',
  )
  const of = (service: 'nova' | 'glance') => {
    const given = isEmpty(services[service]) ? {} : services[service]
    return version === 1
      ? plain(parse(statusByMessage, given, service))
      : withEvents(parse(eventByMessage, given, service))
  }
  return { nova: of('nova'), glance: of('glance') }
}

/** What Python takes for false. */
function isEmpty(value: unknown): boolean {
  return !value || (Array.isArray(value) && value.length === 0)
}

function plain(statuses: z.output<typeof statusByMessage>): Confirmation[] {
  return Object.entries(statuses).map(([messageId, status]) => ({ messageId, status }))
}

function withEvents(events: z.output<typeof eventByMessage>): Confirmation[] {
  return Object.entries(events).map(([messageId, { status, event_id: eventId }]) => ({ messageId, status, eventId }))
}

/**
 * The status in the body that confirms one exists.
 *
 * @throws HttpError 400
 */
export function confirmedStatus(body: JsonBody): number {
  return parse(status, required(body, 'send_status'), 'send_status')
}

const tenantBody = z.object({
  tenant: storableText,
  name: storableText,
  types: z.record(storableText, z.union([storableText, z.number().transform(String)])),
})

/**
 * The tenant that a body describes.
 *
 * @throws HttpError 400
 */
export function describedTenant(body: JsonBody): TenantDescription {
  for (const name of Object.keys(tenantBody.shape)) required(body, name)
  return parse(tenantBody, body, 'tenant')
}

/**
 * The tenants of a batch, of several with one id the last.
 *
 * @throws HttpError 400
 */
export function describedTenants(body: JsonBody): TenantDescription[] {
  const tenants = parse(z.array(z.record(z.string(), z.unknown())), required(body, 'tenants'), 'tenants')
  return [...new Map(tenants.map(describedTenant).map((tenant) => [tenant.tenant, tenant])).values()]
}

/** What a form says about exists that were sent while StackTach was down. */
export function repairForm(body: Buffer): { service: string | undefined; messageIds: string[] } {
  const form = new URLSearchParams(decodeBody(body))
  const messageIds = form.getAll('message_ids')
  if (messageIds.length === 0) throw new HttpError(400, "'message_ids' missing from request body")
  return { service: form.getAll('service').at(-1), messageIds }
}

/** Parses a part of a body, which the message names. */
function parse<Schema extends z.ZodType>(schema: Schema, value: unknown, name: string): z.output<Schema> {
  const { data, error } = schema.safeParse(value)
  if (error === undefined) return data
  const [issue] = error.issues
  const path = [name, ...(issue?.path ?? [])].join('.')
  throw new HttpError(400, `Invalid ${path}: ${issue?.message}`)
}
