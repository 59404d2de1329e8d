import { formatInstant, type Instant } from '@stacktach/domain'
import type { ComponentChildren } from 'preact'
import { type Column, DataTable } from '../components/DataTable.tsx'
import { PageLink } from '../components/PageLink.tsx'
import { Share } from '../components/Share.tsx'
import { shortDuration } from '../view/durations.ts'
import { existsHref, isoInstant } from '../view/links.ts'
import type { PeriodSummary } from './periods.ts'

export interface PeriodFilters {
  service: string
  deployment: string | undefined
}

/** A count as a link to its list; zero is quiet. */
export function CountLink({ count, to, tone }: { count: number; to: string; tone?: 'bad' | 'pending' }) {
  if (count === 0) return <span class="none">0</span>
  return (
    <PageLink to={to} class={tone === undefined ? undefined : `${tone}-text`}>
      {count.toLocaleString('en')}
    </PageLink>
  )
}

/** The audit periods, latest first, with the numbers of their exists. */
export function PeriodTable({ periods, filters }: { periods: readonly PeriodSummary[]; filters: PeriodFilters }) {
  const listOf = ({ start }: PeriodSummary, more: Record<string, string>) =>
    existsHref({ ...filters, period: start === null ? 'none' : isoInstant(start), ...more })
  const columns: Column<PeriodSummary>[] = [
    { title: 'Audit period', cell: (period) => <PageLink to={listOf(period, {})}>{periodText(period)}</PageLink> },
    { title: 'Length', cell: ({ start, end }) => lengthText(start, end) },
    { title: 'Exists', numeric: true, cell: (period) => <CountLink count={period.total} to={listOf(period, {})} /> },
    {
      title: 'Verified',
      numeric: true,
      cell: (period) => <CountLink count={period.verified} to={listOf(period, { status: 'verified' })} />,
    },
    {
      title: 'Failed',
      numeric: true,
      cell: (period) => <CountLink count={period.failed} tone="bad" to={listOf(period, { status: 'failed' })} />,
    },
    {
      title: 'Pending',
      numeric: true,
      cell: (period) => <CountLink count={period.pending} tone="pending" to={listOf(period, { status: 'pending' })} />,
    },
    {
      title: 'Contradicted',
      numeric: true,
      cell: (period) => <CountLink count={period.contradicted} tone="bad" to={listOf(period, { contradicted: '1' })} />,
    },
    {
      title: 'At an action',
      numeric: true,
      cell: ({ atAction }) => (atAction === 0 ? <span class="none">0</span> : atAction.toLocaleString('en')),
    },
    {
      title: 'Verified share',
      cell: ({ verified, failed, pending }) => <Share good={verified} bad={failed} rest={pending} />,
    },
    {
      title: 'Reasons',
      wide: true,
      cell: (period) => (
        <ReasonList reasons={period.reasons} hrefOf={(reason) => listOf(period, { status: 'failed', reason })} />
      ),
    },
  ]
  return (
    <DataTable
      caption="Audit periods"
      hideCaption
      columns={columns}
      rows={periods}
      empty="No exists are stored. Nova sends them at the end of each audit period if instance_usage_audit is on."
    />
  )
}

function ReasonList({
  reasons,
  hrefOf,
}: {
  reasons: PeriodSummary['reasons']
  hrefOf: (reason: string) => string
}): ComponentChildren {
  return reasons.map(({ reason, count }, index) => (
    <>
      {index === 0 ? null : ', '}
      <PageLink key={reason} to={hrefOf(reason)} class="quiet-link">
        {`${reason === '' ? 'unknown' : reason} ${count.toLocaleString('en')}`}
      </PageLink>
    </>
  ))
}

/** `2026-11-20 12:00 – 13:00`, with the date of the end if it differs. */
export function periodText({ start, end }: Pick<PeriodSummary, 'start' | 'end'>): string {
  if (start === null) return 'without an audit period'
  const from = formatInstant(start).slice(0, 16)
  if (end === null) return `${from} –`
  const until = formatInstant(end).slice(0, 16)
  return `${from} – ${from.slice(0, 10) === until.slice(0, 10) ? until.slice(11) : until}`
}

function lengthText(start: Instant | null, end: Instant | null): ComponentChildren {
  return start === null || end === null ? <span class="none">–</span> : shortDuration(end - start)
}
