import { describe, expect, test } from '@jest/globals'
import { HOUR } from '../time/instant.ts'
import { glanceUsageAudit } from './glanceUsageAudit.ts'
import { novaUsageAudit } from './novaUsageAudit.ts'
import { verifierCounts } from './verifierCounts.ts'

describe('counts of exists', () => {
  test('are by status; those of verified ones also by send status', () => {
    expect(
      verifierCounts([
        { status: 'pending', sendStatus: 0, count: 3 },
        { status: 'failed', sendStatus: 0, count: 2 },
        { status: 'verified', sendStatus: 0, count: 4 },
        { status: 'verified', sendStatus: 201, count: 5 },
        { status: 'verified', sendStatus: 404, count: 1 },
        { status: 'verified', sendStatus: 503, count: 1 },
      ]),
    ).toMatchObject({
      count: 16,
      pending: 3,
      failed: 2,
      verified: 11,
      verifying: 0,
      send_status: { unsent: 4, success: 5, redirect: 0, client_error: 1, server_error: 1 },
      send_status_rec: { unsent: 0, success: 0, redirect: 0, client_error: 0, server_error: 0 },
    })
  })
})

describe('the nova audit', () => {
  const nothing = {
    periodic: [],
    instantaneous: [],
    existsFailures: [],
    newLaunches: 0,
    oldLaunches: 0,
    launchFailures: [],
  }
  const day = 1_795_132_800_000_000
  const launch = { id: 7, instance: 'i', launchedAt: 1_795_132_800_500_000, deployment: 'east', host: 'h' }

  test('distinguishes instances without an exists from launches without an exists', () => {
    const report = novaUsageAudit.shape({
      ...nothing,
      newLaunches: 1,
      oldLaunches: 1,
      launchFailures: [
        { ...launch, otherExists: false, deployment: null, host: null },
        { ...launch, otherExists: true },
      ],
    })
    expect(report.launch_fails).toEqual([
      ['-', 'No exists for instance (i)', 'N', '-', '-'],
      [7, "Couldn't find exists for launch (i, 2026-11-20 00:00:00.500000)", 'N', 'east', 'h'],
    ])
    expect(report.summary.launch_summary).toEqual({ new_launches: 1, old_launches: 1, failures: 2 })
  })

  test('shows the gaps between the exists of a launch', () => {
    const gap = (hour: number) => ({ from: day + hour * HOUR, until: day + (hour + 1) * HOUR })
    const texts = [[13], [13, 20], [1, 3, 5, 7, 9, 11, 13]].map((hours) => {
      const failure = { ...launch, otherExists: true, gaps: hours.map(gap) }
      return novaUsageAudit.shape({ ...nothing, launchFailures: [failure] }).launch_fails[0]?.[1]
    })
    const start = "Couldn't find exists for launch (i, 2026-11-20 00:00:00.500000): no exists"
    expect(texts).toEqual([
      `${start} from 2026-11-20 13:00:00 to 2026-11-20 14:00:00`,
      `${start} from 2026-11-20 13:00:00 to 2026-11-20 14:00:00, from 2026-11-20 20:00:00 to 2026-11-20 21:00:00`,
      expect.stringMatching(/to 2026-11-20 10:00:00, and 2 more gaps$/),
    ])
  })

  test('has a cell for each header in every row', () => {
    const report = novaUsageAudit.shape({
      ...nothing,
      existsFailures: [{ id: 3, reason: 'reason', deployment: 'east', host: null }],
      launchFailures: [{ ...launch, otherExists: true }],
    })
    expect(report.exist_fails).toEqual([[3, 'reason', 'east', null]])
    for (const row of report.launch_fails) expect(row).toHaveLength(report.launch_fail_headers.length)
  })
})

test('the glance audit has its counts in the first row, then a header and the failures', () => {
  expect(
    glanceUsageAudit.shape({
      exists: [{ status: 'failed', sendStatus: 0, count: 1 }],
      existsFailures: [{ id: 1, reason: 'reason' }],
      newImages: 2,
      oldImages: 3,
      imagesWithoutExists: [{ id: 4, uuid: 'u' }],
    }),
  ).toEqual([
    {
      summary: {
        verifier: { exists: expect.objectContaining({ count: 1, failed: 1, verified: 0 }) },
        image_summary: { new_images: 2, old_images: 3, failures: 1 },
      },
    },
    ['Object', 'ID', 'Error Description'],
    ['Exist', 1, 'reason'],
    ['Usage', 4, 'No exists for usage (u)'],
  ])
})
