import { describe, expect, test } from '@jest/globals'
import type { GlanceFacts } from '../notifications/facts.ts'
import type { Rules } from '../rules.ts'
import { at } from '../testkit/story.ts'
import { foldImages, type ImageNotification } from './foldImages.ts'

let lastId = 0

/** A notification that is read for the image `uuid`. */
function image(event: string, seconds: number, facts: GlanceFacts | null, uuid = 'picture'): ImageNotification {
  const id = ++lastId
  const messageId = `message-${id}`
  return {
    image: uuid,
    id,
    when: at(seconds),
    deploymentId: 1,
    identity: messageId,
    event,
    messageId,
    dedupKey: messageId,
    facts,
  }
}

const picture = { uuid: 'picture', createdAt: at(1), owner: 'tenant', size: '9007199254740993' }

test('an activate makes a usage, and a delete makes a delete', () => {
  const fold = foldImages(
    [
      image('image.activate', 2, { images: [picture] }),
      image('image.delete', 9, { images: [{ ...picture, deletedAt: at(9) }] }),
    ],
    'today',
  )
  expect(fold.usages).toMatchObject([picture])
  expect(fold.deletes).toMatchObject([{ uuid: 'picture', deletedAt: at(9) }])
  expect(fold.exists).toEqual([])
})

test('an exists makes a row for each image that has a created_at', () => {
  const images = [
    picture,
    { uuid: 'unknown' },
    { uuid: 'other', createdAt: at(3), deletedAt: at(5) },
    { createdAt: at(4) },
  ]
  const period = { auditPeriodBeginning: at(0), auditPeriodEnding: at(86_400) }
  const notification = image('image.exists', 90, { images, ...period })
  const perImage = ['picture', 'unknown', 'other'].map((uuid) => ({ ...notification, image: uuid }))
  expect(foldImages(perImage, 'today').exists).toMatchObject([
    { ...picture, ...period, deletedAt: null, messageId: notification.messageId },
    { uuid: 'other', createdAt: at(3), deletedAt: at(5), owner: null, size: null, ...period },
  ])
})

test.each([
  ['an activate without a created_at', image('image.activate', 1, { images: [{ uuid: 'picture' }] })],
  ['an activate without an id', image('image.activate', 1, { images: [{ createdAt: at(1) }] })],
  ['a delete without a deleted_at', image('image.delete', 1, { images: [picture] })],
  ['a notification without facts', image('image.exists', 1, null)],
  ['another event', image('image.upload', 1, null)],
])('%s makes no row', (_, notification) => {
  expect(foldImages([notification], 'today')).toEqual({ usages: [], deletes: [], exists: [] })
})

test('of two notifications of one image the later counts, in any order of arrival', () => {
  const early = image('image.activate', 2, { images: [picture] })
  const late = image('image.activate', 3, { images: [{ ...picture, size: '7' }] })
  for (const order of [
    [early, late],
    [late, early],
  ]) {
    expect(foldImages(order, 'today').usages).toMatchObject([{ size: '7', notificationId: late.id, when: at(3) }])
  }
})

test('an image that an exists lists twice makes one row, from its first entry', () => {
  const images = [picture, { ...picture, size: '7' }]
  expect(foldImages([image('image.exists', 90, { images })], 'today').exists).toMatchObject([{ size: picture.size }])
})

test('there is one exists for each message id, deployment and image, from the later notification', () => {
  const first = image('image.exists', 90, { images: [picture] })
  const later = { ...image('image.exists', 91, { images: [{ ...picture, size: '7' }] }), dedupKey: first.dedupKey }
  expect(foldImages([later, first], 'today').exists).toMatchObject([{ size: '7', when: at(91) }])
  expect(foldImages([first, { ...later, deploymentId: 2 }], 'today').exists).toHaveLength(2)
})

test('in the same microsecond the last identity counts, in any order of arrival', () => {
  const tied = ['1', '2'].map((size) => ({
    ...image('image.activate', 2, { images: [{ ...picture, size }] }),
    identity: `identity-${size}`,
  }))
  expect(foldImages(tied, 'today').usages).toMatchObject([{ size: '2' }])
  expect(foldImages(tied.reverse(), 'today').usages).toMatchObject([{ size: '2' }])
})

describe('an image that becomes active without an activation', () => {
  const created = { ...picture, status: 'active' }
  const first = image('image.update', 5, { images: [created] })
  const second = image('image.update', 7, { images: [{ ...created, size: '9' }] })
  const activation = image('image.activate', 6, { images: [{ ...picture, size: '7' }] })
  const orders = <T>(items: T[]): T[][] => [items, [...items].reverse()]

  test('is used since its first notification, in either order of arrival', () => {
    for (const order of orders([first, second])) {
      expect(foldImages(order, 'today').usages).toMatchObject([{ createdAt: at(1), when: at(5), size: picture.size }])
    }
  })

  test('an activation takes precedence, before or after it', () => {
    for (const order of orders([first, activation, second])) {
      expect(foldImages(order, 'today').usages).toMatchObject([{ when: at(6), size: '7' }])
    }
  })

  test('under the rules of StackTach only the activation counts', () => {
    expect(foldImages([first, second], 'stacktach').usages).toEqual([])
    expect(foldImages([first, activation, second], 'stacktach').usages).toMatchObject([{ when: at(6) }])
  })
})

test('an image of an exists has its own owner, or that of the notification; in StackTach always the latter', () => {
  const { owner, ...withoutOwner } = picture
  const owners = (facts: GlanceFacts, rules: Rules) =>
    foldImages([image('image.exists', 90, facts)], rules).exists.map((exists) => exists.owner)
  expect(owners({ images: [picture], owner: 'payload' }, 'today')).toEqual([owner])
  expect(owners({ images: [withoutOwner], owner: 'payload' }, 'today')).toEqual(['payload'])
  expect(owners({ images: [picture], owner: 'payload' }, 'stacktach')).toEqual(['payload'])
  expect(owners({ images: [picture] }, 'stacktach')).toEqual([null])
})
