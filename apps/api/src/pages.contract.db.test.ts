import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { toUnixSeconds } from '@stacktach/domain'
import { A_SECOND, BURST, burstRows, fillPages, listings, MANY, whole } from './testkit/fillPages.ts'
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
  process.stdout.write(`Compared cell by cell, of lists longer than any answer:\n${tally}`)
})

async function ask(path: string): Promise<unknown[]> {
  const { status, text } = await api.ask(`/stacky/${path}`)
  expect({ path, status }).toEqual({ path, status: 200 })
  return JSON.parse(text)
}

async function expectAnswer(path: string, body: unknown) {
  expect({ path, body: await ask(path) }).toEqual({ path, body })
  tally.add(path, 200, body)
}

describe.each(listings)('$question', ({ question, header, rows, standard }) => {
  const separator = question.endsWith('?') ? '' : '&'
  const part = (limit: number, offset = 0) => {
    const page = rows.slice(offset, offset + limit)
    return page.length === 0 && /^(?:uuid|search)\?/.test(question) ? [] : [header, ...page]
  }

  test.each([
    ['', part(standard)],
    ['limit=7', part(7)],
    ['limit=7&offset=5', part(7, 5)],
    ['limit=999', part(999)],
    ['limit=1000', part(1000)],
    ['limit=1001', part(1000)],
    ['limit=99999999999999999999', part(1000)],
    ['offset=1', part(standard, 1)],
    [`limit=1000&offset=${MANY - 5}`, part(1000, MANY - 5)],
    [`limit=1000&offset=${MANY}`, part(0)],
    ['limit=0', part(0)],
  ])('%s', async (page, body) => {
    await expectAnswer(`${question}${separator}${page}`, body)
  })

  test('pages neither repeat nor skip a row, whatever their size', async () => {
    for (const size of [1000, 271]) {
      const found: unknown[] = []
      for (let offset = 0; offset < MANY; offset += size) {
        const [, ...page] = await ask(`${question}${separator}limit=${size}&offset=${offset}`)
        found.push(...page)
      }
      expect(found).toEqual(rows)
    }
  })
})

test.each(whole)('%s has no limit', async (path, body) => {
  await expectAnswer(path, body)
  await expectAnswer(`${path}?limit=7&offset=5`, body)
})

test('summary counts the first ones of a name, up to a thousand, or all', async () => {
  await database.db.pool.query(`insert into event (service, name) values ('nova', 'compute.instance.reboot.start')`)
  const counted = async (query: string) => {
    const [, row] = (await ask(`summary?${query}`)) as unknown[][]
    return row?.[1]
  }
  expect(await counted('')).toBe(50)
  expect(await counted('limit=7')).toBe(7)
  expect(await counted('limit=5000')).toBe(1000)
  expect(await counted(`limit=1000&offset=${MANY - 5}`)).toBe(5)
  expect(await counted('limit=all')).toBe(MANY)
  expect(await counted('limit=all&offset=5')).toBe(MANY - 5)
})

describe('watch, of more than it sends at once', () => {
  // Before them, the thousand and more of everything else.
  const since = String(toUnixSeconds(BURST))
  const second = (after: number) => String(toUnixSeconds(BURST) + after)
  const now = String(Math.floor(toUnixSeconds(NOW)))

  test('sends whole seconds, and goes on from the last of them', async () => {
    const width = (await ask('events')).reduce<number>((longest, row) => Math.max(longest, String(row).length), 0)
    const widths = [10, 1, 15, 20, width, 36]
    await expectAnswer(`watch/0?since=${since}`, [widths, [...burstRows(0), ...burstRows(1)], second(2)])
    await expectAnswer(`watch/0?since=${second(2)}`, [widths, burstRows(2), now])
    await expectAnswer(`watch/0?since=${now}`, [widths, [], now])
  })

  test('bounds the rows of a deployment and of an event alike', async () => {
    for (const path of [`watch/2?since=1`, `watch/0?since=1&event_name=compute.instance.update`]) {
      const [, rows, next] = (await ask(path)) as [unknown, unknown[], string]
      expect({ path, rows: rows.length, next }).toEqual({ path, rows: 2 * A_SECOND, next: second(2) })
    }
  })
})
