import {
  countEvents,
  type Database,
  listUsage,
  type UsageListName,
  usageById,
  usageList,
  usageStatistics,
} from '@stacktach/db'
import { HttpError, repeatOnConflict } from '@stacktach/http'
import type { Request, Response, Router } from 'express'
import { setEndpoint } from '../http/requestLog.ts'
import { sendDbAnswer, sendRows, shownRow } from './answer.ts'
import { eventsQuery } from './eventsQuery.ts'
import { parseId, readQuery } from './query.ts'
import { usageFilter, usageRows } from './usageQuery.ts'

/** The lists: path below /db/usage, and the keys of the answers, which are StackTach's. */
const lists: readonly { path: string; name: UsageListName; many: string; one: string }[] = [
  { path: '{/nova}/launches', name: 'novaLaunches', many: 'launches', one: 'launch' },
  { path: '{/nova}/deletes', name: 'novaDeletes', many: 'deletes', one: 'delete' },
  { path: '{/nova}/exists', name: 'novaExists', many: 'exists', one: 'exist' },
  { path: '/glance/images', name: 'glanceImages', many: 'images', one: 'launch' },
  { path: '/glance/deletes', name: 'glanceDeletes', many: 'deletes', one: 'delete' },
  { path: '/glance/exists', name: 'glanceExists', many: 'exists', one: 'exist' },
]

const statistics = { nova: 'novaExists', glance: 'glanceExists' } as const

/** Adds the routes that read. As in StackTach, they take any method. */
export function addReadRoutes(router: Router, db: Database): void {
  for (const { path, name, many, one } of lists) {
    const list = usageList(name)
    const endpoint = `db/usage${path.replace(/[{}]/g, '')}`
    router.all(`/usage${path}`, async (request, response) => {
      setEndpoint(response, { path: endpoint, quiet: false })
      const query = readQuery(request.query)
      const [filter, page] = [usageFilter(list, query), usageRows(list, query)]
      const rows = await repeatOnConflict(() => listUsage(db, name, filter, page))
      sendRows(
        request,
        response,
        many,
        Object.keys(list.columns),
        rows.map((row) => shownRow(list, row)),
      )
    })
    router.all(`/usage${path}/:id`, async (request: Request<{ id: string }>, response, next) => {
      const id = parseId(request.params.id)
      if (id === null) return next()
      setEndpoint(response, { path: `${endpoint}/:id`, quiet: false })
      const row = await repeatOnConflict(() => usageById(db, name, id))
      if (row === null) throw new HttpError(404, `There is no ${one} with id ${id}`)
      sendDbAnswer(response, 200, { [one]: shownRow(list, row) })
    })
  }
  for (const service of ['nova', 'glance'] as const) {
    const name = statistics[service]
    router.all(`/stats/${service}/exists`, async (request, response) => {
      setEndpoint(response, { path: `db/stats/${service}/exists`, quiet: false })
      const filter = usageFilter(usageList(name), readQuery(request.query))
      const counts = await repeatOnConflict(() => usageStatistics(db, name, filter))
      const rows = counts.map(({ status, sendStatus, count }) => ({
        status,
        send_status: sendStatus,
        event_count: count,
      }))
      sendRows(request, response, 'stats', ['status', 'send_status', 'event_count'], rows)
    })
  }
  router.all(/^\/stats\/events(?:\/.*)?$/, async (request: Request, response: Response) => {
    setEndpoint(response, { path: 'db/stats/events', quiet: false })
    const { service, ...query } = eventsQuery(readQuery(request.query))
    const counts = await repeatOnConflict(() => countEvents(db, service, query))
    const rows = counts.map(({ event, count }) => ({ event, event_count: count }))
    sendRows(request, response, 'stats', ['event', 'event_count'], rows)
  })
}
