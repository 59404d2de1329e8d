import { type ListedReport, listReports, reportNames } from '@stacktach/db'
import { ALL_TIME, formatInstant } from '@stacktach/domain'
import { HttpError } from '@stacktach/http'
import { z } from 'zod'
import { ActiveFilters } from '../components/ActiveFilters.tsx'
import { type Column, DataTable } from '../components/DataTable.tsx'
import { ChoiceField, KeptTimes, TextField } from '../components/Fields.tsx'
import { PageHead } from '../components/PageHead.tsx'
import { PageLink } from '../components/PageLink.tsx'
import { Pager } from '../components/Pager.tsx'
import { Time } from '../components/Time.tsx'
import { definePage } from '../page/definePage.ts'
import { textFilter, typedText, typedTime } from '../page/listParameters.ts'
import { reportPeriodText } from '../reports/periodText.ts'
import { shortDuration } from '../view/durations.ts'
import { reportHref } from '../view/links.ts'

const ROWS = 100
const MAX_NAMES = 200

/** The stored reports, latest first. */
export const reportsPage = definePage({
  path: '/reports',
  navigation: 'Reports',
  access: 'all',
  params: z.object({
    name: textFilter,
    from: typedTime,
    until: typedTime,
    before: z
      .string()
      .regex(/^\d{1,16}-\d{1,16}$/, { error: 'before must be taken from a link' })
      .transform((text) => {
        const [createdAt = 0, id = 0] = text.split('-').map(Number)
        return { createdAt, id }
      })
      .optional(),
  }),
  async load({ db }, { name, from, until, before }) {
    const created = { from: from ?? ALL_TIME.from, until: until ?? ALL_TIME.until }
    if (created.from >= created.until) throw new HttpError(400, 'from must be before until')
    const [rows, names] = await Promise.all([
      listReports(db, { name, created, after: before, limit: ROWS + 1 }),
      reportNames(db, MAX_NAMES),
    ])
    const shown = rows.slice(0, ROWS)
    const last = shown.at(-1)
    return {
      name,
      from,
      until,
      rows: shown,
      names,
      isFirst: before === undefined,
      next: rows.length > ROWS && last !== undefined ? `${last.createdAt}-${last.id}` : null,
    }
  },
  title: () => 'Reports',
  view: ({ name, from, until, rows, names, isFirst, next }) => (
    <>
      <PageHead title="Reports" />
      <form class="filter-form" method="get" action="/reports">
        <KeptTimes />
        <ChoiceField name="name" label="Name" value={name} options={names} />
        <TextField name="from" label="Created from (UTC)" value={typedText(from)} placeholder="2026-11-20" />
        <TextField name="until" label="Created until (UTC)" value={typedText(until)} placeholder="now" />
        <button type="submit" class="primary">
          Show
        </button>
      </form>
      <ActiveFilters
        filters={[
          ['name', 'Name', name],
          ['from', 'Created from', from === undefined ? undefined : typedText(from)],
          ['until', 'Created until', until === undefined ? undefined : typedText(until)],
        ]}
      />
      <DataTable
        caption="Reports"
        hideCaption
        columns={columns}
        rows={rows}
        empty={
          name === undefined && from === undefined && until === undefined
            ? 'No report is stored. The jobs process makes them on schedule; `stacktach report run` makes one at once.'
            : 'No report meets all filters.'
        }
      />
      <Pager of="reports" next={next} isFirst={isFirst} />
    </>
  ),
})

const columns: Column<ListedReport>[] = [
  { title: 'Report', cell: ({ id, name }) => <PageLink to={reportHref(id)}>{name}</PageLink> },
  {
    title: 'Period (UTC)',
    cell: ({ periodStart, periodEnd }) => (
      <span title={`${formatInstant(periodStart)} to ${formatInstant(periodEnd)}`} class="time">
        {reportPeriodText(periodStart, periodEnd)}
      </span>
    ),
  },
  {
    title: 'Length',
    // Some reports end with the last second of their period.
    cell: ({ periodStart, periodEnd }) =>
      shortDuration(Math.round((periodEnd - periodStart) / 60_000_000) * 60_000_000),
  },
  { title: 'Region', cell: ({ region }) => (region === '' ? <span class="muted">all</span> : region) },
  { title: 'Created', cell: ({ createdAt }) => <Time at={createdAt} around={false} /> },
  { title: 'Version', numeric: true, cell: ({ version }) => String(version) },
]
