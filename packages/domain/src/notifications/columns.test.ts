import { expect, test } from '@jest/globals'
import { imageTypeBits } from './columns.ts'

test.each([
  ['base', 0x1],
  ['snapshot', 0x2],
  ['import', 0x3],
  ['other', 0],
  [1, 0],
])('image_type %s is %d', (image_type, bits) => {
  expect(imageTypeBits({ image_meta: { image_type } })).toBe(bits)
})

test.each([
  ['linux', 0x10],
  ['windows', 0x20],
  ['freebsd', 0x40],
  ['plan9', 0],
])('os_type %s is %d, in image_meta or in the payload', (os_type, bits) => {
  expect(imageTypeBits({ image_meta: { os_type } })).toBe(bits)
  expect(imageTypeBits({ os_type })).toBe(bits)
})

test.each([
  ['ubuntu', 0x100],
  ['debian', 0x200],
  ['centos', 0x400],
  ['rhel', 0x800],
  ['arch', 0],
])('os_distro %s is %d', (os_distro, bits) => {
  expect(imageTypeBits({ image_meta: { os_distro } })).toBe(bits)
})

test('the bits of all fields are combined', () => {
  expect(imageTypeBits({ image_meta: { image_type: 'import', os_type: 'windows', os_distro: 'rhel' } })).toBe(0x823)
})

test('the os_type of image_meta takes precedence over that of the payload', () => {
  expect(imageTypeBits({ image_meta: { os_type: 'windows' }, os_type: 'linux' })).toBe(0x20)
  expect(imageTypeBits({ image_meta: { os_type: null }, os_type: 'linux' })).toBe(0x10)
})

test('an image without these fields has no bits', () => {
  expect([null, {}, { image_meta: null }, { image_meta: [] }, { image_meta: 'base' }].map(imageTypeBits)).toEqual([
    0, 0, 0, 0, 0,
  ])
})
