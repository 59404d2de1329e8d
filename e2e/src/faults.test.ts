import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { effort, runToEnd } from '@stacktach/testing'

const script = fileURLToPath(new URL('../../scripts/faults.mjs', import.meta.url))

const MINUTES = 60_000

/** If set, the suite detects this self-test's defect, and the test fails. */
const FAULTS_SELFTEST = process.env.FAULTS_SELFTEST ?? ''

test(
  'nothing is lost or duplicated while processes, servers, connections, disk and clocks fail',
  async () => {
    const { code, output } = await runToEnd(script, ['--short', '--notifications', String(effort(1_500))], {
      FAULTS_SELFTEST,
    })
    // Show the table of results.
    process.stdout.write(`${output.slice(Math.max(0, output.indexOf('┌')))}\n`)
    expect({ code, output }).toEqual({
      code: 0,
      output: expect.stringMatching(/(\d{4,}) notifications sent, \1 stored, 0 rejected, 0 lost, 0 duplicates, 0 rows/),
    })
  },
  15 * MINUTES,
)

test(
  'losses are reported if ingest acknowledges before it stores',
  async () => {
    const args = ['--short', '--notifications', '300', '--only', 'kill -9 of ingest']
    const { code, output } = await runToEnd(script, args, { FAULTS_SELFTEST: 'ack-early' })
    expect({ code, output }).toEqual({ code: 1, output: expect.stringMatching(/ [1-9]\d* lost/) })
  },
  5 * MINUTES,
)
