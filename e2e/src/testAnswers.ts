import { expect, test } from '@jest/globals'
import { formatDuration, formatInstant, formatWholeSeconds, SECOND } from '@stacktach/domain'
import type { ExistsTruth, InstanceTruth, Truth } from '@stacktach/simulator'
import type { Pipeline } from './pipeline.ts'

export type Row = unknown[]

/** A pipeline that has stored a simulated cloud. */
export interface StoredCloud {
  pipeline: Pipeline
  deployments: readonly string[]
  truth: Truth
  /** The rows of the answer to a path below /stacky, without the header. */
  getRows(path: string): Promise<Row[]>
  /** The status of an exists in the answers. */
  statusOf(exists: ExistsTruth): string
}

export const sorted = (rows: readonly Row[]) => rows.map((row) => JSON.stringify(row)).sort()

const formatTime = (instant: number | null) => (instant === null ? null : formatInstant(instant))

/** The rows of an answer without its header. */
export const bodyRows = (body: unknown): Row[] => (Array.isArray(body) ? body.slice(1) : [])

/** The expected rows of `kpi`. */
export function kpiRows(truth: Truth): Row[] {
  return Object.values(truth.requests).flatMap(({ tracker }): Row[] =>
    tracker?.duration == null
      ? []
      : [[tracker.event, formatDuration(tracker.duration), tracker.instance, tracker.deployment]],
  )
}

/** Defines the tests that compare all answers and tables with the truth. @param cloud called by the tests */
export function testAnswers(cloud: () => StoredCloud): void {
  const instances = () => Object.entries(cloud().truth.instances)
  const getRows = (path: string) => cloud().getRows(path)

  /** Compares the answer to `path` with the truth for each instance. */
  async function expectOfEachInstance(
    path: (uuid: string) => string,
    expected: (instance: InstanceTruth, uuid: string) => Row[],
  ) {
    expect(instances().length).toBeGreaterThan(20)
    for (const [uuid, instance] of instances()) {
      expect({ uuid, rows: sorted(await getRows(path(uuid))) }).toEqual({
        uuid,
        rows: sorted(expected(instance, uuid)),
      })
    }
  }

  test('deployments, events and hosts', async () => {
    const { truth, deployments } = cloud()
    expect((await getRows('deployments')).map(([, name]) => name)).toEqual(deployments)
    for (const service of ['nova', 'glance'] as const) {
      expect((await getRows(`events?service=${service}`)).flat()).toEqual(truth.services[service].events)
      expect((await getRows(`hosts?service=${service}`)).flat()).toEqual(truth.services[service].hosts)
    }
  })

  test('uuid: every notification of every instance', async () => {
    for (const [uuid, { notifications }] of instances()) {
      expect({ uuid, notifications: (await getRows(`uuid?uuid=${uuid}&limit=1000`)).length }).toEqual({
        uuid,
        notifications,
      })
    }
  })

  test('timings/uuid', () =>
    expectOfEachInstance(
      (uuid) => `timings/uuid?uuid=${uuid}`,
      ({ timings }) =>
        timings.map(({ name, start, end, duration }) => [
          start === null ? 'E' : end === null ? 'S' : '.',
          name,
          duration === null ? 'n/a' : formatDuration(duration),
        ]),
    ))

  test('timings and summary', async () => {
    const complete = instances().flatMap(([uuid, { timings }]) =>
      timings.flatMap(({ name, duration }) => (duration === null ? [] : [{ uuid, name, duration }])),
    )
    const names = [...new Set(complete.map(({ name }) => name))]
    expect(names.length).toBeGreaterThan(10)
    const summary: Row[] = []
    for (const name of names) {
      const timings = complete.filter((timing) => timing.name === name)
      const timingRows = timings.map(({ uuid, duration }) => [uuid, formatDuration(duration)])
      expect(sorted(await getRows(`timings?name=${name}&limit=1000`))).toEqual(sorted(timingRows))
      const durations = timings.map(({ duration }) => duration)
      const total = durations.reduce((sum, duration) => sum + duration, 0)
      const average = formatWholeSeconds(Math.floor(total / durations.length / SECOND) * SECOND)
      summary.push([
        name,
        durations.length,
        formatDuration(Math.min(...durations)),
        formatDuration(Math.max(...durations)),
        average,
      ])
    }
    expect(sorted(await getRows('summary?limit=all'))).toEqual(sorted(summary))
  })

  test('request: every notification of every request', async () => {
    const requests = Object.entries(cloud().truth.requests)
    expect(requests.length).toBeGreaterThan(50)
    for (const [id, { notifications }] of requests) {
      expect({ id, notifications: (await getRows(`request?request_id=${id}&limit=1000`)).length }).toEqual({
        id,
        notifications,
      })
    }
  })

  test('kpi', async () => {
    const expected = kpiRows(cloud().truth)
    expect(expected.length).toBeGreaterThan(20)
    expect(sorted(await getRows('kpi'))).toEqual(sorted(expected))
  })

  test('usage/launches', () =>
    expectOfEachInstance(
      (uuid) => `usage/launches?instance=${uuid}`,
      ({ launches }, uuid) =>
        launches.map(({ launchedAt, instanceTypeId, instanceFlavorId }) => [
          uuid,
          formatTime(launchedAt),
          instanceTypeId === null ? null : String(instanceTypeId),
          instanceFlavorId,
        ]),
    ))

  test('usage/deletes', () =>
    expectOfEachInstance(
      (uuid) => `usage/deletes?instance=${uuid}`,
      ({ delete: deleted }, uuid) =>
        deleted === null ? [] : [[uuid, formatTime(deleted.launchedAt), formatTime(deleted.deletedAt)]],
    ))

  test('usage/exists', () =>
    expectOfEachInstance(
      (uuid) => `usage/exists?instance=${uuid}`,
      ({ exists }, uuid) =>
        exists
          .filter(({ launchedAt }) => launchedAt !== null)
          .map((row) => [
            uuid,
            formatTime(row.launchedAt),
            formatTime(row.deletedAt),
            row.instanceTypeId === null ? null : String(row.instanceTypeId),
            row.instanceFlavorId,
            row.messageId,
            cloud().statusOf(row),
          ]),
    ))

  test('lifecycles and images, which no endpoint returns', async () => {
    const { pipeline, truth } = cloud()
    const { pool } = pipeline.database
    const lifecycles = await pool.query('select instance, state, task_state, notification_when from lifecycle')
    expect(
      sorted(lifecycles.rows.map((row) => [row.instance, row.state, row.task_state, Number(row.notification_when)])),
    ).toEqual(
      sorted(
        instances().map(([uuid, { lastState, lastOldTask, lastWhen }]) => [uuid, lastState, lastOldTask, lastWhen]),
      ),
    )
    const images = Object.entries(truth.images)
    const usages = await pool.query('select uuid, created_at, owner, size from image_usage')
    expect(
      sorted(
        usages.rows.map(({ uuid, created_at, owner, size }) => [uuid, Number(created_at), owner, size && Number(size)]),
      ),
    ).toEqual(
      sorted(images.flatMap(([uuid, { usage }]) => (usage ? [[uuid, usage.createdAt, usage.owner, usage.size]] : []))),
    )
    const deletes = await pool.query('select uuid, deleted_at from image_delete')
    expect(sorted(deletes.rows.map(({ uuid, deleted_at }) => [uuid, Number(deleted_at)]))).toEqual(
      sorted(images.flatMap(([uuid, image]) => (image.delete ? [[uuid, image.delete.deletedAt]] : []))),
    )
  })
}
