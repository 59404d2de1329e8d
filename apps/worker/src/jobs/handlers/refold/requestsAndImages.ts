import { readImageHistories, reopenImageExists, replaceImages, storedKeys, withShardWaiting } from '@stacktach/db'
import { foldImages } from '@stacktach/domain'
import { handleKpi, trackRequests } from '../kpi.ts'
import { handleUsage } from '../usage.ts'
import { nextPart, type RefoldStep } from './state.ts'

/** Requests or images of one batch, whose transaction holds the shard's lock. */
const BATCH_KEYS = 500

/** Folds a batch of requests into their trackers. The parts of this step are the shards. */
export const refoldRequests: RefoldStep = async (context, state) => {
  const { database, rules, shards } = context
  const { part: shard } = state
  const requests = await storedKeys(database.pool, 'request', { shard, shards }, state.after, BATCH_KEYS)
  const last = requests.at(-1)
  if (last === undefined) return nextPart(state, shards)
  await withShardWaiting(database.pool, 'kpi', shard, (client) => trackRequests(client, requests, rules))
  await handleKpi(context, { shard })
  return { ...state, after: last, requests: state.requests + requests.length }
}

/** Folds the usages and deletes of a batch of images. The parts of this step are the shards. */
export const refoldImages: RefoldStep = async (context, state) => {
  const { database, rules, shards } = context
  const { part: shard } = state
  const images = await storedKeys(database.pool, 'image', { shard, shards }, state.after, BATCH_KEYS)
  const last = images.at(-1)
  if (last === undefined) return nextPart(state, shards)
  await withShardWaiting(database.pool, 'usage', shard, async (client) => {
    const histories = await readImageHistories(client, images)
    await reopenImageExists(client, await replaceImages(client, images, foldImages(histories, rules)))
  })
  await handleUsage(context, { shard })
  return { ...state, after: last, images: state.images + images.length }
}
