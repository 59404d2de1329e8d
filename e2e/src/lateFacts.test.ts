import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { publish } from '@stacktach/testing'
import { type Pipeline, startPipeline } from './pipeline.ts'
import { at, create, deleted, exists, type Message, notice } from './usageStory.ts'
import { allVerified, novaVerdicts } from './verdicts.ts'

describe('a verdict follows what is seen later', () => {
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

  test('a launch that comes late verifies the exists that failed for want of it', async () => {
    expect(await after('late-launch', exists('late-launch'))).toEqual([
      expect.stringMatching(/^no launch: this instance has no launch at /),
    ])
    expect(await after('late-launch', create('late-launch'))).toEqual([null])
  })

  test('a delete that comes late verifies the exists that failed for want of it', async () => {
    const ended = exists('late-delete', { deleted_at: '2026-11-22 01:00:00.5' })
    expect(await after('late-delete', create('late-delete'), ended)).toEqual([expect.stringMatching(/^no delete: /)])
    expect(await after('late-delete', deleted('late-delete', 3600))).toEqual([null])
  })

  test('a delete that comes late fails the exists that it contradicts, and no other', async () => {
    expect(await after('contradicted', create('contradicted'), exists('contradicted'))).toEqual([null])
    expect(await after('contradicted', deleted('contradicted', 3600))).toEqual([
      expect.stringMatching(/^delete contradicts: /),
    ])
    expect(await after('deleted-later', create('deleted-later'), exists('deleted-later'))).toEqual([null])
    expect(await after('deleted-later', deleted('deleted-later', 90_000))).toEqual([null])
  })

  test('a launch that turns out to be another tenant’s fails the exists that agreed with it', async () => {
    expect(await after('moved', create('moved'), exists('moved'))).toEqual([null])
    const again = notice('moved', 'create.end', 12, { launched_at: at(10.25), tenant_id: 'beef' })
    const [verdict] = await after('moved', again)
    expect(verdict).toBe('launch differs: tenant is "cafe" in the exists and "beef" in the launch')
  })
})
