import {
  type DurationCursor,
  operationIsKnown,
  type SlowTiming,
  slowestTimings,
  type TimingStatistics,
  timingStatistics,
} from '@stacktach/db'
import { SECOND } from '@stacktach/domain'
import { HttpError } from '@stacktach/http'
import { z } from 'zod'
import { type Column, DataTable } from '../components/DataTable.tsx'
import { DurationText } from '../components/DurationText.tsx'
import { Empty } from '../components/Empty.tsx'
import { Id } from '../components/Id.tsx'
import { PageHead } from '../components/PageHead.tsx'
import { PageLink } from '../components/PageLink.tsx'
import { Pager } from '../components/Pager.tsx'
import { Section } from '../components/Section.tsx'
import { Stats } from '../components/Stats.tsx'
import { Time } from '../components/Time.tsx'
import { cutPage } from '../page/cursors.ts'
import { definePage } from '../page/definePage.ts'
import { binRows, Histogram } from '../timings/Histogram.tsx'
import { instanceHref, isoInstant, requestHref, searchHref, withQuery } from '../view/links.ts'
import { TimingNote } from './timings.tsx'

const SLOWEST = 25

type DeploymentFigures = TimingStatistics['byDeployment'][number]

const dash = <span class="none">–</span>

const deploymentColumns: Column<DeploymentFigures>[] = [
  { title: 'Deployment', cell: ({ deployment }) => deployment ?? dash },
  { title: 'Count', numeric: true, cell: ({ count }) => count.toLocaleString('en') },
  { title: 'Median', numeric: true, cell: ({ median }) => <DurationText of={median} /> },
  { title: 'p95', numeric: true, cell: ({ p95 }) => <DurationText of={p95} /> },
  { title: 'p99', numeric: true, cell: ({ p99 }) => <DurationText of={p99} /> },
  { title: 'Max', numeric: true, cell: ({ max }) => <DurationText of={max} /> },
]

const slowestColumns: Column<SlowTiming>[] = [
  { title: 'Duration', numeric: true, cell: ({ duration }) => <DurationText of={duration} /> },
  { title: 'Instance', cell: ({ instance }) => <Id to={instanceHref(instance)}>{instance}</Id> },
  { title: 'Start', cell: ({ start }) => <Time at={start} /> },
  {
    title: 'During it',
    cell: ({ instance, start, end }) => (
      <PageLink
        to={searchHref({ instance, from: isoInstant(start), until: isoInstant(end + SECOND) })}
        title="The notifications of the instance during the operation"
      >
        notifications
      </PageLink>
    ),
  },
  {
    title: 'Request',
    cell: ({ requestId }) => (requestId ? <Id to={requestHref(requestId)}>{requestId}</Id> : dash),
  },
  { title: 'Deployment', cell: ({ deployment }) => deployment ?? dash },
]

/** The position of a timing in the list by duration. */
const durationCursor = z
  .string()
  .regex(/^-?\d{1,16}-\d{1,16}$/, { error: 'the cursor is invalid: start from the first page' })
  .transform((text): DurationCursor => {
    const [, duration, id] = /^(-?\d+)-(\d+)$/.exec(text) ?? []
    return { duration: Number(duration), id: Number(id) }
  })

/** How long one operation takes. */
export const timingPage = definePage({
  path: '/timings/:operation',
  access: 'all',
  params: z.object({
    operation: z.string(),
    after: durationCursor.optional(),
  }),
  scripts: ['histogram.js'],
  styles: ['histogram.css'],
  async load({ db }, { operation, after }) {
    const [statistics, slowest] = await Promise.all([
      timingStatistics(db, { name: operation }),
      slowestTimings(db, { name: operation, after, limit: SLOWEST + 1 }),
    ])
    if (statistics === null && !(await operationIsKnown(db, operation))) {
      throw new HttpError(404, `No operation ${operation} has finished`)
    }
    return {
      operation,
      statistics,
      slowest: cutPage(slowest, SLOWEST, ({ duration, id }) => `${duration}-${id}`),
      isFirst: after === undefined,
    }
  },
  title: ({ operation }) => `Timings of ${operation}`,
  view: ({ operation, statistics, slowest, isFirst }) => {
    const head = (
      <PageHead kind="timings" title={operation}>
        <PageLink to={withQuery('/operations/open', { show: 'all', operation })}>open ones</PageLink>
        {' · '}
        <PageLink to={withQuery('/failures', { event: operation, period: '7d' })}>failures of 7 days</PageLink>
      </PageHead>
    )
    if (statistics === null) {
      return (
        <>
          {head}
          <Empty>No operation of this name has finished with both a start and an end.</Empty>
        </>
      )
    }
    const { name, count, median, p95, p99, max, byDeployment } = statistics
    return (
      <>
        {head}
        <Stats
          label="Figures"
          stats={[
            { label: 'Count', value: count.toLocaleString('en') },
            { label: 'Median', value: <DurationText of={median} /> },
            { label: 'p95', value: <DurationText of={p95} /> },
            { label: 'p99', value: <DurationText of={p99} /> },
            { label: 'Max', value: <DurationText of={max} />, to: '#slowest' },
          ]}
        />
        <Section id="histogram" title="Durations">
          <Histogram name={name} figures={statistics} />
          <details class="more">
            <summary>As a table</summary>
            <DataTable
              caption="Durations by range"
              hideCaption
              columns={[
                { title: 'From', numeric: true, cell: ({ from }) => <DurationText of={from} /> },
                {
                  title: 'Until',
                  numeric: true,
                  cell: ({ until }) => <DurationText of={Number.isFinite(until) ? until : null} none="no end" />,
                },
                { title: 'Count', numeric: true, cell: ({ count }) => count.toLocaleString('en') },
                { title: 'Share', numeric: true, cell: (bin) => `${((100 * bin.count) / count).toFixed(1)} %` },
              ]}
              rows={binRows(statistics)}
              empty="No duration is stored."
            />
          </details>
        </Section>
        <Section id="deployments" title="By deployment" aside="of the .end notification">
          <DataTable
            caption="Durations by deployment"
            hideCaption
            columns={deploymentColumns}
            rows={byDeployment}
            empty="No deployment is known."
          />
        </Section>
        <Section id="slowest" title="Slowest" aside="longest first">
          <DataTable
            caption="Slowest timings"
            hideCaption
            columns={slowestColumns}
            rows={slowest.rows}
            empty="No timing of this operation has both ends."
          />
          <Pager
            of="timings"
            parameter="after"
            next={slowest.next}
            isFirst={isFirst}
            nextLabel="Faster"
            firstLabel="Slowest"
          />
        </Section>
        <TimingNote />
      </>
    )
  },
})
