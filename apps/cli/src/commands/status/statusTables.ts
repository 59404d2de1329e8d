import { existsServices, existsStatuses } from '@stacktach/db'
import { formatDuration, formatInstant } from '@stacktach/domain'
import type { TextTable } from '../../output/printTable.ts'
import type { StatusReport } from './readStatus.ts'

/** The JSON of `status --json`. */
export function statusObject(status: StatusReport) {
  const { stored, rejected, backlog, queues, exists, jobs, ingest, replica } = status
  return {
    stored,
    rejected,
    backlog,
    last_notification: Object.fromEntries(lastNotifications(status)),
    queues,
    ingest,
    exists,
    jobs,
    replica: replica === null ? null : { lag_bytes: replica.bytes, lag_microseconds: replica.behind },
  }
}

/**
 * The tables of `status`.
 *
 * @param exact whether the stored notifications were counted; estimates are marked with `about`
 */
export function statusTables(status: StatusReport, exact: boolean): TextTable[] {
  return [
    countsTable(status, exact),
    {
      head: ['Deployment', 'Last notification'],
      rows: lastNotifications(status).map(([name, time]) => [name, time ?? 'never']),
    },
    queuesTable(status),
    ...ingestTables(status),
    existsTable(status, exact),
    ...replicaTables(status),
    ...jobsTables(status),
  ]
}

function countsTable({ stored, rejected, backlog }: StatusReport, exact: boolean): TextTable {
  return {
    head: ['', 'Count'],
    rows: [
      ...Object.entries(stored).map(([service, count]) => [`${service} notifications`, countText(count, exact)]),
      ['rejected messages', rejected],
      ['pending aggregation', backlog],
    ],
  }
}

function queuesTable({ queues }: StatusReport): TextTable {
  return {
    head: ['Deployment', 'Exchange', 'Queue', 'Messages', 'Consumers'],
    rows: queues.map(({ deployment, exchange, queue, messages, consumers }) => [
      deployment,
      exchange,
      queue,
      messages ?? 'unknown',
      consumers ?? 'unknown',
    ]),
  }
}

function ingestTables({ ingest }: StatusReport): TextTable[] {
  if (ingest === null) return []
  const rows = ingest.flatMap(({ process, brokers }) =>
    Object.entries(brokers).map(([deployment, node]) => [process, deployment, node ?? 'not connected']),
  )
  return [{ head: ['Ingest process', 'Deployment', 'Connected to'], rows }]
}

/** Only the number of verified exists is an estimate; exists with another status are few and always counted. */
function existsTable({ exists }: StatusReport, exact: boolean): TextTable {
  return {
    head: ['Exists', ...existsStatuses],
    rows: existsServices.map((service) => [
      service,
      ...existsStatuses.map((status) => countText(exists[service][status], exact || status !== 'verified')),
    ]),
  }
}

function replicaTables({ replica }: StatusReport): TextTable[] {
  if (replica === null) return []
  const { bytes, behind } = replica
  const rows = [[bytes, behind === null ? 'unknown' : formatDuration(behind)]]
  return [{ head: ['Replica lag (bytes)', 'Replica lag (time)'], rows }]
}

function jobsTables({ jobs }: StatusReport): TextTable[] {
  if (jobs === null) return []
  return [
    {
      head: ['Jobs', 'Waiting', 'Active', 'Delayed', 'Failed'],
      rows: jobs.map(({ queue, waiting, active, delayed, failed }) => [queue, waiting, active, delayed, failed]),
    },
  ]
}

/** Deployments of the database and of the deployments file by name, with the time of the last notification or null. */
function lastNotifications({ deployments, configuredDeployments }: StatusReport): [string, string | null][] {
  const times = new Map<string, string | null>(configuredDeployments.map((name) => [name, null]))
  for (const { name, lastWhen } of deployments) times.set(name, lastWhen === null ? null : formatInstant(lastWhen))
  return [...times].sort(([a], [b]) => (a < b ? -1 : 1))
}

function countText(count: number, exact: boolean): string {
  return exact ? String(count) : `about ${count}`
}
