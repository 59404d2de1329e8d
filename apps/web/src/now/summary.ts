import type { BacklogState, DeploymentActivity, FailedExistsCounts, RejectedReason } from '@stacktach/db'
import { type Instant, isSilent } from '@stacktach/domain'
import type { Stat } from '../components/Stats.tsx'
import { shortDuration } from '../view/durations.ts'
import { failuresHref } from '../view/links.ts'
import { ALL_OPEN_HREF, BACKLOG_HREF, OPEN_HREF, REJECTED_HREF } from './hrefs.ts'

interface Findings {
  now: Instant
  stuck: number
  open: number
  /** Failed attempts of the last 24 hours. */
  failures: number
  deployments: readonly DeploymentActivity[]
  exists: FailedExistsCounts
  /** The days that `exists` covers. */
  days: number
  rejected: readonly RejectedReason[] | null
  /** How many rejected messages are counted at most. */
  mostRejected: number
  backlog: BacklogState
}

/** The numbers at the top of the start page: red where someone has to act, gray where there is nothing. */
export function summaryOf(findings: Findings): Stat[] {
  const { now, stuck, open, failures, deployments, exists, days, rejected, mostRejected, backlog } = findings
  const silent = deployments.filter(({ lastWhen }) => isSilent(lastWhen, now)).length
  const failedExists = sum(exists.reasons.map(({ count }) => count))
  const contradicted = sum(exists.reasons.map(({ contradicted }) => contradicted))
  const rejections = sum((rejected ?? []).map(({ count }) => count))
  const waiting = sum(Object.values(backlog.rows))
  return [
    { label: 'Stuck operations', value: number(stuck), to: OPEN_HREF, tone: alarm(stuck), detail: 'now' },
    {
      label: 'Open operations',
      value: number(open),
      to: ALL_OPEN_HREF,
      tone: quiet(open),
      detail: 'started, not ended',
    },
    {
      label: 'Failed attempts',
      value: number(failures),
      to: failuresHref({ period: '24h' }),
      tone: alarm(failures),
      detail: '24 hours',
    },
    {
      label: 'Silent deployments',
      value: number(silent),
      to: '#deployments',
      tone: alarm(silent),
      detail: `of ${number(deployments.length)}`,
    },
    {
      label: 'Exists failed',
      value: `${number(failedExists)}${exists.isPartial ? '+' : ''}`,
      to: '#exists',
      tone: alarm(failedExists),
      detail: `${days} days`,
    },
    {
      label: 'Contradicted',
      value: `${number(contradicted)}${exists.isPartial ? '+' : ''}`,
      to: '#exists',
      tone: alarm(contradicted),
      detail: 'published, then failed',
    },
    {
      label: 'Rejected messages',
      value: `${number(rejections)}${rejections >= mostRejected ? '+' : ''}`,
      to: REJECTED_HREF,
      tone: alarm(rejections),
      detail: 'kept, not stored',
    },
    {
      label: 'Backlog',
      value: number(waiting),
      to: BACKLOG_HREF,
      tone: quiet(waiting),
      detail: backlog.oldest === null ? 'nothing waits' : `oldest ${shortDuration(Math.max(0, now - backlog.oldest))}`,
    },
  ]
}

function number(count: number): string {
  return count.toLocaleString('en')
}

function alarm(count: number): Stat['tone'] {
  return count === 0 ? 'quiet' : 'bad'
}

function quiet(count: number): Stat['tone'] {
  return count === 0 ? 'quiet' : undefined
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
