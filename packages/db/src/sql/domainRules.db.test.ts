import { afterAll, beforeAll, expect, test } from '@jest/globals'
import {
  comparePositions,
  floorTo,
  inSameSecond,
  positionOf,
  type Rules,
  SECOND,
  startsRequest,
} from '@stacktach/domain'
import { services } from '@stacktach/testing'
import fc from 'fast-check'
import { type Database, openDatabase } from '../connection/open.ts'
import { startsInOrder, startsRequestSql } from '../fold/requestStarts.ts'
import { STATEMENT_ORDER } from '../reports/requestsOfPeriod.ts'
import { sameSecond } from './sameSecond.ts'

/** Rules that the domain has in TypeScript and this package again in SQL must agree on every row. */

const allRules: readonly Rules[] = ['today', 'stacktach']
const RUNS = { numRuns: 25 }
const ROWS = { minLength: 50, maxLength: 100 }

let database: Database

beforeAll(() => {
  database = openDatabase({ url: services().databaseUrl, applicationName: 'test', size: 1 })
})

afterAll(() => database.close())

async function select<Row extends Record<string, unknown>>(sql: string, values: unknown[]): Promise<Row[]> {
  return (await database.pool.query<Row>(sql, values)).rows
}

/** Times around whole seconds, today, around 1970 and in the year 1. */
const instant = fc
  .tuple(
    fc.constantFrom(1_795_392_000, 0, -62_135_596_800),
    fc.integer({ min: -2, max: 2 }),
    fc.oneof(fc.constantFrom(0, 1, 499_999, 500_000, 500_001, 999_999), fc.integer({ min: 0, max: 999_999 })),
  )
  .map(([base, seconds, micros]) => (base + seconds) * SECOND + micros)

test.each(allRules)('sameSecond is inSameSecond, the same whole second first: %s', (rules) =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.record({ one: instant, other: instant }), ROWS), async (pairs) => {
      const { condition, exactFirst } = sameSecond('one', 'other', rules)
      const rows = await select<{ place: number; same: boolean }>(
        `select place, ${condition} as same from unnest($1::bigint[], $2::bigint[]) with ordinality as pair(one, other, place)
          order by ${exactFirst}, place`,
        [pairs.map(({ one }) => one), pairs.map(({ other }) => other)],
      )
      const farther = ({ one, other }: { one: number; other: number }) =>
        Number(floorTo(one, SECOND) !== floorTo(other, SECOND))
      const expected = pairs
        .map((pair, index) => ({ pair, place: index + 1 }))
        .sort((a, b) => farther(a.pair) - farther(b.pair) || a.place - b.place)
        .map(({ pair, place }) => ({ place, same: inSameSecond(pair.one, pair.other, rules) }))
      expect(rows).toEqual(expected)
    }),
    RUNS,
  ),
)

const service = fc.constantFrom('compute', 'api', 'nova-api', 'osapi_compute', 'API', 'a%pi', '')
const event = fc.oneof(
  fc
    .tuple(fc.constantFrom('compute.instance.', 'Compute.', ''), fc.constantFrom('update', 'resize', 'a_b', 'ä'))
    .chain(([prefix, name]) =>
      fc.constantFrom('', '.start', '.end', '.START', 'start', '.end.start').map((end) => prefix + name + end),
    ),
  fc.constantFrom('compute.instance.update', '.start', '.end', ''),
)

test.each(allRules)('startsRequestSql is startsRequest: %s', (rules) =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ event, service, userId: fc.constantFrom(null, '', 'user') }), ROWS),
      async (notifications) => {
        const rows = await select<{ starts: boolean }>(
          `select ${startsRequestSql[rules]} as starts
             from unnest($1::text[], $2::text[], $3::text[]) with ordinality as n(event, service, user_id, place)
            order by place`,
          [
            notifications.map((row) => row.event),
            notifications.map((row) => row.service),
            notifications.map((row) => row.userId),
          ],
        )
        expect(rows.map(({ starts }) => starts)).toEqual(
          notifications.map((row) => startsRequest({ ...row, requestId: 'req-1' }, rules)),
        )
      },
    ),
    RUNS,
  ),
)

/** In the order of both their ids and their names: the reports order by id, the folds by name. */
const deployments = ['east', 'north', 'west']

/** Without control characters, which sort before the tab that joins dedup key and deployment. */
const dedupKey = fc.oneof(
  fc.constantFrom('m-1', 'm-10', 'm', 'M-1', 'ä', ''),
  fc.string16bits({ maxLength: 3 }).map(printable),
)

/** Below U+D800: the domain compares UTF-16 code units, PostgreSQL code points, which differ above. */
function printable(text: string): string {
  return [...text].filter((character) => character > '\u001f' && character < '\ud800').join('')
}

test.each([
  ['startsInOrder', startsInOrder],
  ['STATEMENT_ORDER', STATEMENT_ORDER],
])('%s is the order of comparePositions', (_, order) =>
  fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          when: fc.constantFrom(1, 2, 10, -1),
          event,
          dedupKey,
          deployment: fc.nat({ max: deployments.length - 1 }),
        }),
        ROWS,
      ),
      async (notifications) => {
        const rows = await select<{ place: number }>(
          `select n.place
             from unnest($1::bigint[], $2::text[], $3::text[], $4::int[]) with ordinality
                    as n("when", event, dedup_key, deployment_id, place)
             join unnest($5::text[]) with ordinality as d(name, id) on d.id = n.deployment_id
            order by ${order}`,
          [
            notifications.map((row) => row.when),
            notifications.map((row) => row.event),
            notifications.map((row) => row.dedupKey),
            notifications.map((row) => row.deployment + 1),
            deployments,
          ],
        )
        const positions = notifications.map(({ when, event, dedupKey, deployment }) =>
          positionOf({ when, event, identity: `${dedupKey}\t${deployments[deployment]}` }),
        )
        const ordered = rows.flatMap(({ place }) => positions[place - 1] ?? [])
        expect(ordered).toEqual([...positions].sort(comparePositions))
      },
    ),
    RUNS,
  ),
)
