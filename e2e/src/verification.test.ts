import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { auditSample, captured, publish } from '@stacktach/testing'
import { type Pipeline, startPipeline } from './pipeline.ts'
import { allVerified, glanceVerdicts, novaVerdicts } from './verdicts.ts'

/** Verifies an exists immediately. */
const IMMEDIATELY = { VERIFY_SETTLE_SECONDS: '0' }

/** The reason for an exists whose launched_at was moved back by hours, with both times of the closest launch. */
const MOVED_LAUNCH =
  /^no launch: this instance has no launch at (2026-11-23 1\d:\d\d:00); the closest launch is at (2026-11-23 2\d:\d\d:\d\d(?:\.\d+)?), of request req-[0-9a-f-]{36}: launched_at is "\1" in the exists and "\2" in the launch$/

describe('the audit sample, verified with the rules of the original StackTach', () => {
  let pipeline: Pipeline

  beforeAll(async () => {
    const originalRules = { RULES: 'stacktach', VERIFY_LEVEL: 'all', VERIFY_FLAVOR_FIELD: 'instance_type_id' }
    pipeline = await startPipeline(['captured'], { ...IMMEDIATELY, ...originalRules })
    await Promise.all([pipeline.start('ingest'), pipeline.start('jobs')])
    await publish(pipeline.vhost, auditSample())
    await pipeline.settled(auditSample().length)
    await allVerified(pipeline.database)
  })

  afterAll(() => pipeline.stop())

  test('fails the same exists of nova, each for the same reason', async () => {
    expect(await novaVerdicts(pipeline.database)).toEqual({
      'f16de572-442d-4680-8e59-1cab00e59193': null,
      '85b65d03-c4e0-423e-8d29-a1f8abb79393': null,
      '686313f3-a493-4253-84db-1df77ac3da9a': expect.stringMatching(/^no launch: this instance has no launch at /),
      '4c1c17aa-98db-4326-8d87-5013f00e048c': 'no launch: this instance has no launch at 2026-11-19 10:00:00',
      '14ea0053-3528-4faf-81b4-5e97ed1ae610': 'launch differs: tenant is "5001" in the exists and "5000" in the launch',
      '0fbaed8d-210a-4a04-8022-0a5c803d8435': 'launch differs: rax_options is "7" in the exists and "0" in the launch',
      '170cf3b8-1416-431a-8871-c5a410390dff':
        'launch differs: os_version is "7" in the exists and "12.04" in the launch',
      'd7f37409-7755-4b25-89d3-fd2d34e6f9a7': expect.stringMatching(/^delete contradicts: .* 2026-11-19 20:00:00,/),
      '80711884-0eba-4784-8400-4cd24fbbad49':
        'no delete: deleted_at is 2026-11-19 21:00:00 in the exists, but the launch at 2026-11-19 10:00:00 has no delete',
      '0a968432-df67-491e-84b1-00885bfa2bc7': 'field invalid: tenant is "not-hex!", not hex digits',
      'd7f249dc-dc20-4b08-88fa-8df0c451be31': 'field invalid: rax_options is "zz", not an integer',
    })
  })

  test('fails the same exists of glance, for the same reason', async () => {
    expect(await glanceVerdicts(pipeline.database)).toEqual({
      '897fb7bd-ec37-4b37-8b91-80a8443a4162 4a4314ef-967a-4d20-89e7-c423bc16e39c':
        'launch differs: created_at is "2026-11-19 06:00:00" in the exists and "2026-11-19 05:00:06" in the usage',
    })
  })
})

describe.each(['nova_unversioned', 'nova_versioned'] as const)('the captured cloud %s', (stream) => {
  let pipeline: Pipeline

  beforeAll(async () => {
    pipeline = await startPipeline(['captured'], IMMEDIATELY)
    await Promise.all([pipeline.start('ingest'), pipeline.start('jobs')])
    await publish(pipeline.vhost, captured(stream))
    await pipeline.settled(new Set(captured(stream).map(messageId)).size)
    await allVerified(pipeline.database)
  })

  afterAll(() => pipeline.stop())

  test('has verified exists for operations, and failed exists for audit periods without a matching launch', async () => {
    const verdicts = await novaVerdicts(pipeline.database)
    const { rows } = await pipeline.database.pool.query<{ message_id: string; periodic: boolean; moved: boolean }>(
      `select e.message_id, e.audit_period_ending % 3600000000 = 0 as periodic,
              not exists (select from instance_launch l where l.instance = e.instance
                            and l.launched_at / 1000000 = e.launched_at / 1000000) as moved
         from instance_exists e`,
    )
    expect(rows.length).toBe(16)
    for (const { message_id, periodic, moved } of rows) {
      // During the capture, launched_at was moved back by hours before the periodic audit.
      expect({ message_id, moved }).toEqual({ message_id, moved: periodic })
      const expected = periodic ? expect.stringMatching(MOVED_LAUNCH) : null
      expect({ message_id, verdict: verdicts[message_id] }).toEqual({ message_id, verdict: expected })
    }
    expect(rows.filter(({ periodic }) => !periodic).length).toBe(7)
  })
})

function messageId({ body }: { body: Buffer }): unknown {
  return JSON.parse(JSON.parse(body.toString())['oslo.message']).message_id
}
