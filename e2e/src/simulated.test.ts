import { afterAll, beforeAll, describe, expect } from '@jest/globals'
import { formats, type Truth } from '@stacktach/simulator'
import { type Pipeline, startPipeline } from './pipeline.ts'
import { hoursAgo, simulate } from './simulate.ts'
import { bodyRows, type Row, testAnswers } from './testAnswers.ts'

const HOURS = 3
const deployments = ['east', 'west']

let pipeline: Pipeline
let getRows: (path: string) => Promise<Row[]>

beforeAll(async () => {
  pipeline = await startPipeline(deployments)
  const [get] = await Promise.all([pipeline.api(), pipeline.start('ingest'), pipeline.start('jobs')])
  getRows = async (path) => {
    const { status, body } = await get(`/stacky/${path}`)
    expect({ path, status }).toEqual({ path, status: 200 })
    return bodyRows(body)
  }
})

afterAll(() => pipeline.stop())

describe.each(formats)('a simulated cloud that sends %s notifications', (format) => {
  let truth: Truth
  let published: number

  beforeAll(async () => {
    // All operations are within the last 24 hours, which kpi covers.
    const options = { seed: `e2e ${format}`, format, deployments, operations: 80, failures: 0.2, duplicates: 0.1 }
    const cloud = await simulate(pipeline, hoursAgo(HOURS), HOURS, options)
    truth = cloud.truth
    published = cloud.published
    await pipeline.settled(cloud.notifications)
  })

  afterAll(() => pipeline.clear(published))

  testAnswers(() => ({ pipeline, deployments, truth, getRows, statusOf: () => 'pending' }))
})
