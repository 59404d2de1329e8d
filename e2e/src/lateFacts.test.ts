import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { publish } from '@stacktach/testing'
import { at, createEnd, deleteEnd, exists, instanceMessage, type Message } from './instanceMessages.ts'
import { type Pipeline, startPipeline } from './pipeline.ts'
import { allVerified, novaVerdicts } from './verdicts.ts'

describe('late notifications change verdicts', () => {
  let pipeline: Pipeline
  let published = 0

  beforeAll(async () => {
    pipeline = await startPipeline(['cloud'], { VERIFY_SETTLE_SECONDS: '0' })
    await Promise.all([pipeline.start('ingest'), pipeline.start('jobs')])
  })

  afterAll(() => pipeline.stop())

  /** The verdicts of an instance's exists once these messages are stored, folded and verified. */
  async function after(instance: string, ...messages: Message[]): Promise<(string | null)[]> {
    published += await publish(pipeline.vhost, messages)
    await pipeline.settled(published)
    await allVerified(pipeline.database)
    const verdicts = await novaVerdicts(pipeline.database)
    return Object.entries(verdicts).flatMap(([id, reason]) => (id.startsWith(instance) ? [reason] : []))
  }

  test('a late launch verifies the exists that failed without it', async () => {
    expect(await after('late-launch', exists('late-launch'))).toEqual([
      expect.stringMatching(/^no launch: this instance has no launch at /),
    ])
    expect(await after('late-launch', createEnd('late-launch'))).toEqual([null])
  })

  test('a late delete verifies the exists that failed without it', async () => {
    const existsWithDelete = exists('late-delete', { deleted_at: '2026-11-22 01:00:00.5' })
    expect(await after('late-delete', createEnd('late-delete'), existsWithDelete)).toEqual([
      expect.stringMatching(/^no delete: /),
    ])
    expect(await after('late-delete', deleteEnd('late-delete', 3600))).toEqual([null])
  })

  test('a late delete fails only the exists that it contradicts', async () => {
    expect(await after('contradicted', createEnd('contradicted'), exists('contradicted'))).toEqual([null])
    expect(await after('contradicted', deleteEnd('contradicted', 3600))).toEqual([
      expect.stringMatching(/^delete contradicts: /),
    ])
    expect(await after('deleted-later', createEnd('deleted-later'), exists('deleted-later'))).toEqual([null])
    expect(await after('deleted-later', deleteEnd('deleted-later', 90_000))).toEqual([null])
  })

  test('a late change of the tenant of a launch fails the exists that matched it', async () => {
    expect(await after('moved', createEnd('moved'), exists('moved'))).toEqual([null])
    const secondCreate = instanceMessage('moved', 'create.end', 12, { launched_at: at(10.25), tenant_id: 'beef' })
    const [verdict] = await after('moved', secondCreate)
    expect(verdict).toBe(
      'launch differs: tenant is "cafe" in the exists and "beef" in the launch; the closest launch is at 2026-11-22 00:00:10.250000, of request req-create',
    )
  })
})
