import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { toUnixSeconds } from '@stacktach/domain'
import { BURST, BURST_PER_SECOND, burstRows, fillPages, listings, MANY, unlimited } from './testkit/fillPages.ts'
import { NOW } from './testkit/fixture.ts'
import { type Api, startApi } from './testkit/startApi.ts'
import { Tally } from './testkit/tally.ts'
import { createTestDatabase, type TestDatabase } from './testkit/testDatabase.ts'

let database: TestDatabase
let api: Api
const tally = new Tally()

beforeAll(async () => {
  database = await createTestDatabase()
  await fillPages(database.db)
  api = await startApi(database.db)
})

afterAll(async () => {
  await api?.stop()
  await database?.drop()
  process.stdout.write(`Compared cell by cell, in lists longer than the maximum limit:\n${tally}`)
})

async function get(path: string): Promise<unknown[]> {
  const { status, text } = await api.request(`/stacky/${path}`)
  expect({ path, status }).toEqual({ path, status: 200 })
  return JSON.parse(text)
}

async function expectAnswer(path: string, body: unknown) {
  expect({ path, body: await get(path) }).toEqual({ path, body })
  tally.add(path, 200, body)
}

describe.each(listings)('$path', ({ path, header, rows, defaultLimit }) => {
  const separator = path.endsWith('?') ? '' : '&'
  const part = (limit: number, offset = 0) => {
    const page = rows.slice(offset, offset + limit)
    return page.length === 0 && /^(?:uuid|search)\?/.test(path) ? [] : [header, ...page]
  }

  test.each([
    ['', part(defaultLimit)],
    ['limit=7', part(7)],
    ['limit=7&offset=5', part(7, 5)],
    ['limit=999', part(999)],
    ['limit=1000', part(1000)],
    ['limit=1001', part(1000)],
    ['limit=99999999999999999999', part(1000)],
    ['offset=1', part(defaultLimit, 1)],
    [`limit=1000&offset=${MANY - 5}`, part(1000, MANY - 5)],
    [`limit=1000&offset=${MANY}`, part(0)],
    ['limit=0', part(0)],
  ])('%s', async (page, body) => {
    await expectAnswer(`${path}${separator}${page}`, body)
  })

  test('pages of any size neither repeat nor skip a row', async () => {
    for (const size of [1000, 271]) {
      const paged: unknown[] = []
      for (let offset = 0; offset < MANY; offset += size) {
        const [, ...page] = await get(`${path}${separator}limit=${size}&offset=${offset}`)
        paged.push(...page)
      }
      expect(paged).toEqual(rows)
    }
  })
})

test.each(unlimited)('%s has no limit', async (path, body) => {
  await expectAnswer(path, body)
  await expectAnswer(`${path}?limit=7&offset=5`, body)
})

test('summary counts the first timings of a name, up to the limit, or all', async () => {
  await database.db.pool.query(`insert into event (service, name) values ('nova', 'compute.instance.reboot.start')`)
  const countWith = async (query: string) => {
    const [, row] = (await get(`summary?${query}`)) as unknown[][]
    return row?.[1]
  }
  expect(await countWith('')).toBe(50)
  expect(await countWith('limit=7')).toBe(7)
  expect(await countWith('limit=5000')).toBe(1000)
  expect(await countWith(`limit=1000&offset=${MANY - 5}`)).toBe(5)
  expect(await countWith('limit=all')).toBe(MANY)
  expect(await countWith('limit=all&offset=5')).toBe(MANY - 5)
})

describe('watch with more rows than one answer can have', () => {
  // Excludes the MANY notifications before the burst.
  const since = String(toUnixSeconds(BURST))
  const second = (after: number) => String(toUnixSeconds(BURST) + after)
  const now = String(Math.floor(toUnixSeconds(NOW)))

  test('sends whole seconds and continues after the last one', async () => {
    const width = (await get('events')).reduce<number>((longest, row) => Math.max(longest, String(row).length), 0)
    const widths = [10, 1, 15, 20, width, 36]
    await expectAnswer(`watch/0?since=${since}`, [widths, [...burstRows(0), ...burstRows(1)], second(2)])
    await expectAnswer(`watch/0?since=${second(2)}`, [widths, burstRows(2), now])
    await expectAnswer(`watch/0?since=${now}`, [widths, [], now])
  })

  test('limits the rows of one deployment and of one event, too', async () => {
    for (const path of [`watch/2?since=1`, `watch/0?since=1&event_name=compute.instance.update`]) {
      const [, rows, next] = (await get(path)) as [unknown, unknown[], string]
      expect({ path, rows: rows.length, next }).toEqual({ path, rows: 2 * BURST_PER_SECOND, next: second(2) })
    }
  })
})
