import {
  type ExistsRow,
  type ExistsStatus,
  existsList,
  existsServices,
  existsStatuses,
  listDeployments,
} from '@stacktach/db'
import { type FailReason, formatInstant } from '@stacktach/domain'
import { z } from 'zod'
import { ActiveFilters } from '../components/ActiveFilters.tsx'
import { Badge, type Tone } from '../components/Badge.tsx'
import { type Column, DataTable } from '../components/DataTable.tsx'
import { ChoiceField, KeptTimes, TextField } from '../components/Fields.tsx'
import { Id } from '../components/Id.tsx'
import { PageHead } from '../components/PageHead.tsx'
import { PageLink } from '../components/PageLink.tsx'
import { Pager } from '../components/Pager.tsx'
import { Time } from '../components/Time.tsx'
import { definePage } from '../page/definePage.ts'
import { typedText } from '../page/listParameters.ts'
import {
  type ExistsParameters,
  existsFilters,
  existsPlace,
  existsPlaceText,
  toExistsFilter,
} from '../usage/existsParameters.ts'
import { periodText } from '../usage/PeriodTable.tsx'
import {
  existsHref,
  findHref,
  instanceHref,
  isoInstant,
  notificationHref,
  usageHref,
  withQuery,
} from '../view/links.ts'

const ROWS = 100

const tones: Record<ExistsStatus, Tone> = { pending: 'pending', verifying: 'pending', verified: 'good', failed: 'bad' }

const reasons: readonly FailReason[] = [
  'field missing',
  'field invalid',
  'no launch',
  'launch differs',
  'no delete',
  'several deletes',
  'delete differs',
  'delete contradicts',
]

/** The exists that meet some filters, with their verdicts. */
export const existsPage = definePage({
  path: '/exists',
  access: 'all',
  params: z.object({ ...existsFilters, before: existsPlace.optional() }),
  async load({ db }, { before, ...parameters }) {
    const [rows, deployments] = await Promise.all([
      existsList(db, { ...toExistsFilter(parameters), after: before, limit: ROWS + 1 }),
      listDeployments(db),
    ])
    const shown = rows.slice(0, ROWS)
    const last = shown.at(-1)
    return {
      parameters,
      rows: shown,
      isFirst: before === undefined,
      next: rows.length > ROWS && last !== undefined ? existsPlaceText(last) : null,
      deployments: deployments.map(({ name }) => name),
    }
  },
  title: () => 'Exists',
  view: ({ parameters, rows, isFirst, next, deployments }) => {
    const { service, status, reason, period, deployment, contradicted } = parameters
    const periodValue = period === undefined ? undefined : period === 'none' ? 'none' : typedText(period)
    return (
      <>
        <PageHead kind="usage" title={service === 'nova' ? 'Exists of instances' : 'Exists of images'}>
          <Downloads parameters={parameters} />
        </PageHead>
        <form class="filter-form" method="get" action="/exists">
          <KeptTimes />
          <ChoiceField name="service" label="Service" value={service} options={existsServices} all="nova" />
          <ChoiceField name="status" label="Status" value={status} options={existsStatuses} />
          <ChoiceField name="reason" label="Reason" value={reason} options={reasons} />
          <TextField name="period" label="Audit period from" value={periodValue} placeholder="2026-11-20 12:00" />
          <ChoiceField name="deployment" label="Deployment" value={deployment} options={deployments} />
          <label class="check">
            <input type="checkbox" name="contradicted" value="1" checked={contradicted === '1'} />
            Contradicted
          </label>
          <button type="submit" class="primary">
            Show
          </button>
        </form>
        <ActiveFilters
          filters={[
            ['status', 'Status', status],
            ['reason', 'Reason', reason],
            ['period', 'Audit period from', periodValue],
            ['deployment', 'Deployment', deployment],
            ['contradicted', 'Only', contradicted === undefined ? undefined : 'published, then failed'],
          ]}
        />
        <DataTable
          caption="Exists"
          hideCaption
          columns={columnsFor(parameters)}
          rows={rows}
          empty="No exists meets all filters."
        />
        <Pager of="exists" next={next} isFirst={isFirst} />
      </>
    )
  },
})

function Downloads({ parameters: { period, ...rest } }: { parameters: ExistsParameters }) {
  const query = { ...rest, period: period === undefined || period === 'none' ? period : isoInstant(period) }
  return (
    <span class="downloads">
      {'All rows: '}
      <PageLink to={withQuery('/exists.csv', query)}>CSV</PageLink>
      {' · '}
      <PageLink to={withQuery('/exists.json', query)}>JSON</PageLink>
    </span>
  )
}

function columnsFor({ service }: ExistsParameters): Column<ExistsRow>[] {
  return [
    {
      title: 'Audit period',
      cell: ({ periodStart, periodEnd }) => (
        <PageLink
          to={existsHref({ service, period: periodStart === null ? 'none' : isoInstant(periodStart) })}
          class="quiet-link"
        >
          {periodText({ start: periodStart, end: periodEnd })}
        </PageLink>
      ),
    },
    {
      title: 'Verdict',
      cell: ({ status, sendStatus }) => (
        <>
          <Badge tone={tones[status]}>{status}</Badge>
          {sendStatus < 200 || sendStatus > 299 ? null : (
            <span class="muted">{status === 'failed' ? ' was published' : ' published'}</span>
          )}
        </>
      ),
    },
    {
      title: service === 'nova' ? 'Instance' : 'Image',
      cell: ({ subject }) => <Id to={service === 'nova' ? instanceHref(subject) : findHref(subject)}>{subject}</Id>,
    },
    {
      title: 'Reason',
      wide: true,
      cell: ({ failReason }) =>
        failReason === null ? <span class="none">–</span> : <span class="reason">{failReason}</span>,
    },
    { title: service === 'nova' ? 'Launched' : 'Created', cell: ({ launchedAt }) => <Time at={launchedAt} /> },
    { title: 'Deleted', cell: ({ deletedAt }) => <Time at={deletedAt} /> },
    { title: 'Flavor', cell: ({ flavor }) => flavor ?? <span class="none">–</span> },
    {
      title: 'Tenant',
      cell: ({ tenant, periodStart }) =>
        tenant === null ? (
          <span class="none">–</span>
        ) : (
          <Id
            short
            to={
              periodStart === null
                ? usageHref(tenant)
                : withQuery(usageHref(tenant), { month: formatInstant(periodStart).slice(0, 7) })
            }
          >
            {tenant}
          </Id>
        ),
    },
    {
      title: 'Notification',
      cell: ({ notificationId, when }) => (
        <PageLink to={notificationHref(service, notificationId)} title={formatInstant(when)}>
          {String(notificationId)}
        </PageLink>
      ),
    },
    { title: 'Deployment', cell: ({ deployment }) => deployment ?? <span class="none">–</span> },
  ]
}
