import { describe, expect, test } from '@jest/globals'
import { at } from '../testkit/story.ts'
import { failReason } from './verdict.ts'
import { type ImageEvidence, type ImageExistsToVerify, verifyImageExists } from './verifyImageExists.ts'

const image = { createdAt: at(10), owner: 'cafe', size: '9007199254740993' }
const exists: ImageExistsToVerify = { ...image, deletedAt: null, auditPeriodEnding: at(86_400) }

function verdict(said: Partial<ImageExistsToVerify>, evidence: Partial<ImageEvidence> = {}): string | null {
  const seen = { usage: image, delete: null, ...evidence }
  return failReason(verifyImageExists({ ...exists, ...said }, seen, { level: 'basic', rules: 'today' }))
}

describe('an image in an exists', () => {
  test('as it was activated is verified', () => {
    expect(verdict({})).toBeNull()
    expect(verdict({ createdAt: at(10.9) })).toBeNull()
  })

  test('that was never activated fails', () => {
    expect(verdict({}, { usage: null })).toBe('no launch: no activation of this image was seen')
  })

  test.each<[Partial<ImageExistsToVerify>, string]>([
    [{ createdAt: at(12) }, 'created_at is "2026-11-23 00:00:12" in the exists and "2026-11-23 00:00:10" in the usage'],
    [{ owner: 'beef' }, 'owner is "beef" in the exists and "cafe" in the usage'],
    [{ size: '9007199254740992' }, 'size is "9007199254740992" in the exists and "9007199254740993" in the usage'],
  ])('that says %j fails, with both values', (said, difference) => {
    expect(verdict(said)).toBe(`launch differs: ${difference}`)
  })

  test('without an owner or a size fails', () => {
    expect(verdict({ owner: null })).toBe('field missing: owner is not set')
    expect(verdict({ size: null })).toBe('field missing: size is not set')
  })

  test('agrees with its delete to the second', () => {
    expect(verdict({ deletedAt: at(99.5) }, { delete: { deletedAt: at(99) } })).toBeNull()
    expect(verdict({ deletedAt: at(98) }, { delete: { deletedAt: at(99) } })).toContain('delete differs')
    expect(verdict({ deletedAt: at(98) })).toContain('no delete: none of the image created at 2026-11-23 00:00:10')
  })

  test('that does not say so was not deleted before the end of its audit period', () => {
    expect(verdict({}, { delete: { deletedAt: at(99) } })).toContain('delete contradicts: the image created at')
    expect(verdict({}, { delete: { deletedAt: at(86_400) } })).toBeNull()
  })
})
