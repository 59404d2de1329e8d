import { describe, expect, test } from '@jest/globals'
import { at } from '../testkit/story.ts'
import { failReason } from './verdict.ts'
import { type ImageEvidence, type ImageExistsToVerify, verifyImageExists } from './verifyImageExists.ts'

const image = { createdAt: at(10), owner: 'cafe', size: '9007199254740993' }
const exists: ImageExistsToVerify = { ...image, deletedAt: null, auditPeriodEnding: at(86_400) }

function verdict(fields: Partial<ImageExistsToVerify>, evidence: Partial<ImageEvidence> = {}): string | null {
  const complete = { usage: image, delete: null, ...evidence }
  return failReason(verifyImageExists({ ...exists, ...fields }, complete, { level: 'basic', rules: 'today' }))
}

describe('an image in an exists', () => {
  test('that agrees with its activation is verified', () => {
    expect(verdict({})).toBeNull()
    expect(verdict({ createdAt: at(10.9) })).toBeNull()
  })

  test('without an activation fails', () => {
    expect(verdict({}, { usage: null })).toBe('no launch: no activation of this image is stored')
  })

  test.each<[Partial<ImageExistsToVerify>, string]>([
    [{ createdAt: at(12) }, 'created_at is "2026-11-23 00:00:12" in the exists and "2026-11-23 00:00:10" in the usage'],
    [{ owner: 'beef' }, 'owner is "beef" in the exists and "cafe" in the usage'],
    [{ size: '9007199254740992' }, 'size is "9007199254740992" in the exists and "9007199254740993" in the usage'],
  ])('with %j fails, with both values', (fields, difference) => {
    expect(verdict(fields)).toBe(`launch differs: ${difference}`)
  })

  test('without an owner or a size fails', () => {
    expect(verdict({ owner: null })).toBe('field missing: owner is not set')
    expect(verdict({ size: null })).toBe('field missing: size is not set')
  })

  test('agrees with its delete to the second', () => {
    expect(verdict({ deletedAt: at(99.5) }, { delete: { deletedAt: at(99) } })).toBeNull()
    expect(verdict({ deletedAt: at(98) }, { delete: { deletedAt: at(99) } })).toContain('delete differs')
    expect(verdict({ deletedAt: at(98) })).toContain(
      'no delete: deleted_at is 2026-11-23 00:01:38 in the exists, but the image created at 2026-11-23 00:00:10 has no delete',
    )
  })

  test('without a deleted_at must not be deleted before the end of its audit period', () => {
    expect(verdict({}, { delete: { deletedAt: at(99) } })).toContain('delete contradicts: the image created at')
    expect(verdict({}, { delete: { deletedAt: at(86_400) } })).toBeNull()
  })
})
