import { type Confirmation, confirmExists, type Database, repairExists, storeTenants } from '@stacktach/db'
import type { Instant } from '@stacktach/domain'
import { HttpError } from '@stacktach/http'
import express, { type Request, type RequestHandler, type Response, type Router } from 'express'
import { setEndpoint } from '../http/requestLog.ts'
import { sendDbAnswer } from './answer.ts'
import { confirmedBatch, confirmedStatus, describedTenant, describedTenants, parseBody, repairForm } from './bodies.ts'
import { serviceParameter } from './eventsQuery.ts'
import { readQuery } from './query.ts'

/** Confirmations of about 100,000 exists. */
const MAX_BODY_BYTES = 16 * 1024 * 1024

/** A pool whose role may write confirmations. */
export type ConfirmationDatabase = Pick<Database, 'pool'>

interface WriteOptions {
  /** Null: nothing can be written. */
  confirmations: ConfirmationDatabase | null
  clock: () => Instant
  /** Rejects a client that must not write. */
  authorize: (request: Request) => void
}

type Write = (db: ConfirmationDatabase, body: Buffer, request: Request) => Promise<unknown>

/** Adds the routes that write. A write answers with an empty body, unless it returns one. */
export function addWriteRoutes(router: Router, { confirmations, clock, authorize }: WriteOptions): void {
  const add = (path: string | RegExp, endpoint: string, methods: readonly string[], write: Write) => {
    const check: RequestHandler = (request, response, next) => {
      setEndpoint(response, { path: endpoint, quiet: false })
      if (confirmations === null) {
        throw new HttpError(404, `${request.baseUrl}${request.path} is off: DATABASE_CONFIRM_URL is not set`)
      }
      authorize(request)
      if (!methods.includes(request.method)) throw new HttpError(400, 'Invalid method')
      next()
    }
    const handle: RequestHandler = async (request: Request, response: Response) => {
      if (confirmations === null) return
      const body: unknown = request.body
      sendDbAnswer(response, 200, await write(confirmations, Buffer.isBuffer(body) ? body : Buffer.alloc(0), request))
    }
    router.all(path, check, express.raw({ type: () => true, limit: MAX_BODY_BYTES }), handle)
  }
  const putOrPost = ['PUT', 'POST']

  add('/confirm/usage/exists/batch', 'db/confirm/usage/exists/batch', putOrPost, async (db, body, request) => {
    const batch = confirmedBatch(parseBody(body))
    // One transaction for each service, as in StackTach.
    const skipped = {
      nova: await confirmStorable(db, 'nova', batch?.nova ?? [], clock()),
      glance: await confirmStorable(db, 'glance', batch?.glance ?? [], clock()),
    }
    return readQuery(request.query).get('report') === '1' ? { skipped } : undefined
  })
  add(/^\/confirm\/usage\/exists\/[\w-]+\/?$/, 'db/confirm/usage/exists/:id', putOrPost, async (db, body, request) => {
    const messageId = lastSegment(request)
    const status = confirmedStatus(parseBody(body))
    const [unknown] = await confirmExists(db, 'nova', [{ messageId, status }], clock())
    if (unknown === undefined) return undefined
    throw new HttpError(404, `Could not find Exists record with message_id = '${messageId}'`)
  })
  add(/^\/repair(?:\/.*)?$/, 'db/repair', ['POST'], async (db, body) => {
    const { service, messageIds } = repairForm(body)
    const storable = messageIds.filter(isStorable)
    const { absent, notPending } = await repairExists(db, serviceParameter(service), storable, clock())
    return {
      absent_exists: [...absent, ...messageIds.filter((id) => !isStorable(id))],
      exists_not_pending: notPending,
    }
  })
  add('/tenant/batch_info', 'db/tenant/batch_info', putOrPost, async (db, body) => {
    await storeTenants(db, describedTenants(parseBody(body)), { now: clock(), keepsNames: true })
  })
  add(/^\/tenant\/info\/\w+\/?$/, 'db/tenant/info/:tenant', putOrPost, async (db, body, request) => {
    const tenant = describedTenant(parseBody(body))
    const id = lastSegment(request)
    if (tenant.tenant !== id) throw new HttpError(400, `Invalid tenant: ${tenant.tenant} != ${id}`)
    await storeTenants(db, [tenant], { now: clock(), keepsNames: false })
  })
}

/** The last segment of a path; its pattern admits no encoded characters. */
function lastSegment({ path }: Request): string {
  return path.split('/').filter(Boolean).at(-1) ?? ''
}

/** Whether PostgreSQL can store a text. No stored id contains NUL. */
function isStorable(text: string): boolean {
  return !text.includes('\0')
}

async function confirmStorable(
  db: ConfirmationDatabase,
  service: 'nova' | 'glance',
  confirmations: readonly Confirmation[],
  now: Instant,
): Promise<string[]> {
  const known = confirmations.filter(({ messageId }) => isStorable(messageId))
  const never = confirmations.filter(({ messageId }) => !isStorable(messageId)).map(({ messageId }) => messageId)
  return [...(await confirmExists(db, service, known, now)), ...never]
}
