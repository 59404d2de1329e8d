import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { effort, runToEnd } from '@stacktach/testing'

const script = fileURLToPath(new URL('../../scripts/faults.mjs', import.meta.url))

const MINUTES = 60_000

/** Set, the suite is to notice what is wrong with the programs, and this test fails. */
const FAULTS_SELFTEST = process.env.FAULTS_SELFTEST ?? ''

test(
  'nothing is lost and nothing doubled while processes, servers, connections, disk and clocks fail',
  async () => {
    const { code, output } = await runToEnd(script, ['--short', '--notifications', String(effort(2_500))], {
      FAULTS_SELFTEST,
    })
    // The table is what there is to see of it.
    process.stdout.write(`${output.slice(Math.max(0, output.indexOf('┌')))}\n`)
    expect({ code, output }).toEqual({
      code: 0,
      output: expect.stringMatching(/(\d{4,}) notifications sent, \1 stored, 0 rejected, 0 lost, 0 doubled, 0 rows/),
    })
  },
  15 * MINUTES,
)

test(
  'an ingest that acknowledges before it stores is found to lose',
  async () => {
    const args = ['--short', '--notifications', '300', '--only', 'kill -9 of ingest']
    const { code, output } = await runToEnd(script, args, { FAULTS_SELFTEST: 'ack-early' })
    expect({ code, output }).toEqual({ code: 1, output: expect.stringMatching(/ [1-9]\d* lost/) })
  },
  5 * MINUTES,
)
