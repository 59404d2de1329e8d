import { expect, test } from '@jest/globals'
import type { GlanceFacts } from '../notifications/facts.ts'
import { at } from '../testkit/story.ts'
import { foldImages, type ImageNotification } from './foldImages.ts'

let count = 0

/** Read for the picture, unless it is for another of the images it is about. */
function image(event: string, seconds: number, facts: GlanceFacts | null, uuid = 'picture'): ImageNotification {
  const id = ++count
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

test('an activate makes a usage, a delete a delete', () => {
  const fold = foldImages([
    image('image.activate', 2, { images: [picture] }),
    image('image.delete', 9, { images: [{ ...picture, deletedAt: at(9) }] }),
  ])
  expect(fold.usages).toMatchObject([picture])
  expect(fold.deletes).toMatchObject([{ uuid: 'picture', deletedAt: at(9) }])
  expect(fold.exists).toEqual([])
})

test('an exists makes one exists for each of its images that has a created_at', () => {
  const images = [
    picture,
    { uuid: 'unknown' },
    { uuid: 'other', createdAt: at(3), deletedAt: at(5) },
    { createdAt: at(4) },
  ]
  const period = { auditPeriodBeginning: at(0), auditPeriodEnding: at(86_400) }
  const notification = image('image.exists', 90, { images, ...period })
  const forEach = ['picture', 'unknown', 'other'].map((uuid) => ({ ...notification, image: uuid }))
  expect(foldImages(forEach).exists).toMatchObject([
    { ...picture, ...period, deletedAt: null, messageId: notification.messageId },
    { uuid: 'other', createdAt: at(3), deletedAt: at(5), owner: null, size: null, ...period },
  ])
})

test.each([
  ['an activate without a created_at', image('image.activate', 1, { images: [{ uuid: 'picture' }] })],
  ['an activate without an id', image('image.activate', 1, { images: [{ createdAt: at(1) }] })],
  ['a delete without a deleted_at', image('image.delete', 1, { images: [picture] })],
  ['a notification without facts', image('image.exists', 1, null)],
  ['another event', image('image.upload', 1, { images: [picture] })],
])('%s makes nothing', (_, notification) => {
  expect(foldImages([notification])).toEqual({ usages: [], deletes: [], exists: [] })
})

test('of two notifications of one image the later counts, in whichever order they come', () => {
  const early = image('image.activate', 2, { images: [picture] })
  const late = image('image.activate', 3, { images: [{ ...picture, size: '7' }] })
  for (const order of [
    [early, late],
    [late, early],
  ]) {
    expect(foldImages(order).usages).toMatchObject([{ size: '7', notificationId: late.id, when: at(3) }])
  }
})

test('an image that one exists lists twice is one row, its first entry counting', () => {
  const images = [picture, { ...picture, size: '7' }]
  expect(foldImages([image('image.exists', 90, { images })]).exists).toMatchObject([{ size: picture.size }])
})

test('an exists is one for each message id, deployment and image; said again later, the later counts', () => {
  const first = image('image.exists', 90, { images: [picture] })
  const later = { ...image('image.exists', 91, { images: [{ ...picture, size: '7' }] }), dedupKey: first.dedupKey }
  expect(foldImages([later, first]).exists).toMatchObject([{ size: '7', when: at(91) }])
  expect(foldImages([first, { ...later, deploymentId: 2 }]).exists).toHaveLength(2)
})

test('in the same microsecond the one whose identity comes last counts, in whichever order they come', () => {
  const tied = ['1', '2'].map((size) => ({
    ...image('image.activate', 2, { images: [{ ...picture, size }] }),
    identity: `identity-${size}`,
  }))
  expect(foldImages(tied).usages).toMatchObject([{ size: '2' }])
  expect(foldImages(tied.reverse()).usages).toMatchObject([{ size: '2' }])
})
