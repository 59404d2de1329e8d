import { tenantAccount, tenantExists, tenantUsageSpan } from '@stacktach/db'
import { type InstanceFlavorUsage, periodHolding } from '@stacktach/domain'
import { z } from 'zod'
import { type Column, DataTable } from '../components/DataTable.tsx'
import { ChoiceField, KeptTimes } from '../components/Fields.tsx'
import { Id } from '../components/Id.tsx'
import { KeyValue } from '../components/KeyValue.tsx'
import { Note } from '../components/Note.tsx'
import { PageHead } from '../components/PageHead.tsx'
import { PageLink } from '../components/PageLink.tsx'
import { Pager } from '../components/Pager.tsx'
import { Section } from '../components/Section.tsx'
import { Stats } from '../components/Stats.tsx'
import { Time } from '../components/Time.tsx'
import { definePage } from '../page/definePage.ts'
import { monthParameter, monthsBack, monthText } from '../usage/month.ts'
import { type FlavorUsage, tenantMonth } from '../usage/tenantMonth.ts'
import { instanceHref, usageHref, withQuery } from '../view/links.ts'

/** More exists of a month are not read for a page; the downloads have all. */
const MAX_EXISTS = 200_000

const ROWS = 100
const MONTHS = 36

/** What one tenant used in a month. */
export const tenantUsagePage = definePage({
  path: '/usage/:tenant',
  access: 'tenant',
  params: z.object({
    tenant: z.string().min(1).max(500),
    month: monthParameter.optional(),
    after: z
      .string()
      .regex(/^\d{1,7}$/, { error: 'after must be taken from a link' })
      .transform(Number)
      .default(0),
  }),
  async load({ db, now }, { tenant, month, after }) {
    const span = await tenantUsageSpan(db, tenant)
    // An audit period that ends at midnight of the first day belongs to the month before.
    const latest = periodHolding(span === null ? now : span.until - 1, 'month')
    const period = month ?? latest
    const [account, usage] = await Promise.all([
      tenantAccount(db, tenant),
      tenantMonth(tenantExists(db, { tenant, period }), MAX_EXISTS),
    ])
    const months = monthsBack({ from: (span?.from ?? now) - 1, until: Math.max(now, latest.from) }, MONTHS)
    return {
      tenant,
      month: monthText(period.from),
      months,
      account,
      usage,
      isKnown: span !== null || account !== null,
      rows: usage.rows.slice(after, after + ROWS),
      isFirst: after === 0,
      next: usage.rows.length > after + ROWS ? String(after + ROWS) : null,
    }
  },
  title: ({ tenant, account, month }) => `Usage of ${account?.accountName ?? tenant} in ${month}`,
  view: ({ tenant, month, months, account, usage, isKnown, rows, isFirst, next }) => {
    const { failed, pending, verifying } = usage.exists
    const fileQuery = { month }
    return (
      <>
        <PageHead kind="usage of a tenant" title={account?.accountName ?? tenant}>
          <span class="downloads">
            {'All rows: '}
            <PageLink to={withQuery(`${usageHref(tenant)}/hours.csv`, fileQuery)}>CSV</PageLink>
            {' · '}
            <PageLink to={withQuery(`${usageHref(tenant)}/hours.json`, fileQuery)}>JSON</PageLink>
          </span>
        </PageHead>
        <KeyValue
          entries={[
            [
              'Tenant',
              <Id key="tenant" copy>
                {tenant}
              </Id>,
            ],
            ['Account', account?.accountName],
            ['Billing account', account?.billingAccount],
            ...Object.entries(account?.types ?? {}),
          ]}
        />
        <form class="filter-form month-form" method="get" action={usageHref(tenant)}>
          <KeptTimes />
          <ChoiceField name="month" label="Month (UTC)" value={month} options={months} all="latest" />
          <button type="submit">Show</button>
        </form>
        <Stats
          label={`Usage in ${month}`}
          stats={[
            { label: 'Instances', value: usage.instances.toLocaleString('en') },
            { label: 'Hours', value: usage.hours.toLocaleString('en'), detail: 'each started hour in full' },
            { label: 'Verified exists', value: usage.exists.verified.toLocaleString('en'), detail: 'in the hours' },
            {
              label: 'Failed exists',
              value: failed.toLocaleString('en'),
              detail: 'not in the hours',
              tone: failed > 0 ? 'bad' : 'quiet',
            },
            {
              label: 'Pending exists',
              value: (pending + verifying).toLocaleString('en'),
              detail: 'not yet in the hours',
              tone: pending + verifying > 0 ? 'pending' : 'quiet',
            },
          ]}
        />
        {usage.isCut ? (
          <Note>
            {`The month has more than ${MAX_EXISTS.toLocaleString('en')} exists. This page covers the first ones, in order of the instances; the downloads have all.`}
          </Note>
        ) : null}
        <Section id="flavors" title="By flavor">
          <DataTable
            caption="Hours by flavor"
            hideCaption
            columns={flavorColumns(usage.hours)}
            rows={usage.flavors}
            empty={
              isKnown
                ? 'No verified exists of this tenant has an audit period in this month.'
                : 'No exists and no account of this tenant are stored.'
            }
          />
        </Section>
        <Section
          id="instances"
          title="By instance"
          aside={usage.rows.length > ROWS ? `most hours first, ${usage.rows.length.toLocaleString('en')} in all` : null}
        >
          <DataTable
            caption="Hours by instance"
            hideCaption
            columns={instanceColumns}
            rows={rows}
            empty="No verified exists in this month."
          />
          <Pager
            of="instances"
            next={next}
            parameter="after"
            isFirst={isFirst}
            nextLabel="Fewer hours"
            firstLabel="Most hours"
          />
        </Section>
        <Note>
          The hours are those of the report instance-hours: verified exists whose audit period lies in the month, each
          moment of an instance once, each started hour of contiguous time in full.
        </Note>
      </>
    )
  },
})

const flavorColumns = (all: number): Column<FlavorUsage>[] => [
  { title: 'Flavor', cell: ({ flavor, flavorName }) => <FlavorCell flavor={flavor} flavorName={flavorName} /> },
  { title: 'Memory (MB)', numeric: true, cell: ({ memoryMb }) => memoryMb?.toLocaleString('en') ?? '–' },
  { title: 'Instances', numeric: true, cell: ({ instances }) => instances.toLocaleString('en') },
  { title: 'Hours', numeric: true, cell: ({ hours }) => hours.toLocaleString('en') },
  {
    title: 'Share',
    numeric: true,
    cell: ({ hours }) => (all === 0 ? '–' : `${((hours / all) * 100).toFixed(1)} %`),
  },
]

const instanceColumns: Column<InstanceFlavorUsage>[] = [
  { title: 'Instance', cell: ({ instance }) => <Id to={instanceHref(instance)}>{instance}</Id> },
  { title: 'Flavor', cell: ({ flavor, flavorName }) => <FlavorCell flavor={flavor} flavorName={flavorName} /> },
  { title: 'Memory (MB)', numeric: true, cell: ({ memoryMb }) => memoryMb?.toLocaleString('en') ?? '–' },
  { title: 'Hours', numeric: true, cell: ({ hours }) => hours.toLocaleString('en') },
  { title: 'Exists', numeric: true, cell: ({ exists }) => exists.toLocaleString('en') },
  { title: 'First moment', cell: ({ from }) => <Time at={from} /> },
  { title: 'Last moment', cell: ({ until }) => <Time at={until} /> },
]

function FlavorCell({ flavor, flavorName }: Pick<FlavorUsage, 'flavor' | 'flavorName'>) {
  if (flavor === null && flavorName === null) return <span class="none">–</span>
  return (
    <>
      {flavorName ?? flavor}
      {flavorName === null || flavor === null || flavorName === flavor ? null : (
        <span class="muted">{` ${flavor.length > 13 ? `${flavor.slice(0, 8)}…` : flavor}`}</span>
      )}
    </>
  )
}
