import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { services, startProcess } from '@stacktach/testing'

const program = join(fileURLToPath(new URL('../../', import.meta.url)), 'bench/dist/main.js')

interface Results {
  figures: { name: string; rounds: number; value: { median: number }; ratio?: { median: number; to: string } }[]
  answers: { endpoint: string; notifications: number; growth: number | null }[]
}

test('a small benchmark measures every round and endpoint, as ratios to the limit of the same run', async () => {
  const { databaseUrl, redisUrl, amqpUrl, managementUrl } = services()
  const bench = startProcess(program, ['--notifications', '1000', '--quick', '--json', '--only', 'rounds', 'answers'], {
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    AMQP_URL: amqpUrl,
    AMQP_MANAGEMENT_URL: managementUrl,
  })
  const code = await bench.ended
  const output = bench.output()
  expect({ code, output }).toMatchObject({ code: 0 })
  const { figures, answers }: Results = JSON.parse(output.slice(output.indexOf('\n{') + 1, output.lastIndexOf('}') + 1))
  for (const name of ['COPY, plain table', 'ingest', 'everything aggregated']) {
    const figure = figures.find((candidate) => candidate.name === name && candidate.ratio !== undefined)
    expect(figure).toMatchObject({ rounds: 3, ratio: { to: 'the limit' } })
    expect(figure?.value.median).toBeGreaterThan(0)
    expect(figure?.ratio?.median).toBeGreaterThan(0)
  }
  const endpoints = (notifications: number) =>
    answers.filter((answer) => answer.notifications === notifications).map(({ endpoint }) => endpoint)
  expect(endpoints(100)).toEqual(endpoints(1_000))
  expect(endpoints(1_000)).toContain('usage/exists')
  expect(answers.filter(({ growth }) => growth !== null)).toHaveLength(endpoints(1_000).length)
}, 240_000)
