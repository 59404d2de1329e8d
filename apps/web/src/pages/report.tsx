import { previousReport, reportToShow } from '@stacktach/db'
import { type ChangedNumber, compareReports, parseJson, readReport } from '@stacktach/domain'
import { HttpError, id } from '@stacktach/http'
import { z } from 'zod'
import { DataTable } from '../components/DataTable.tsx'
import { KeyValue } from '../components/KeyValue.tsx'
import { Note } from '../components/Note.tsx'
import { PageHead } from '../components/PageHead.tsx'
import { PageLink } from '../components/PageLink.tsx'
import { Section } from '../components/Section.tsx'
import { Time } from '../components/Time.tsx'
import { definePage } from '../page/definePage.ts'
import { reportPeriodText } from '../reports/periodText.ts'
import { ReportParts } from '../reports/ReportParts.tsx'
import { reportHref, withQuery } from '../view/links.ts'
import { sizeText } from '../view/sizes.ts'

/** A longer report is not shown: it can be downloaded. */
const MAX_BYTES = 8_000_000

const MAX_ROWS = 500
const MAX_CHANGES = 200

/** One report as tables, and what changed since the one before. */
export const reportPage = definePage({
  path: '/reports/:id',
  params: z.object({ id }),
  access: 'all',
  async load({ db }, { id }) {
    const report = id > BigInt(Number.MAX_SAFE_INTEGER) ? null : await reportToShow(db, Number(id), MAX_BYTES)
    if (report === null) throw new HttpError(404, `There is no report ${id}`)
    const before = await previousReport(db, report)
    const previous = before === null ? null : await reportToShow(db, before.id, MAX_BYTES)
    const json = report.json === null ? null : parseJson(report.json)
    const changes =
      previous === null || previous.json === null || report.json === null
        ? null
        : compareReports(parseJson(previous.json), json)
    return { report, previous, parts: json === null ? null : readReport(json, MAX_ROWS), changes }
  },
  title: ({ report }) => `Report ${report.name}`,
  view: ({ report, previous, parts, changes }) => (
    <>
      <PageHead kind={`report ${report.id}`} title={report.name}>
        <span class="downloads">
          <PageLink to={`${reportHref(report.id)}.json`}>{`JSON (${sizeText(report.bytes)})`}</PageLink>
        </span>
      </PageHead>
      <KeyValue
        entries={[
          [
            'Period (UTC)',
            <span key="period" class="time">
              {reportPeriodText(report.periodStart, report.periodEnd)}
            </span>,
          ],
          ['Region', report.region === '' ? 'all' : report.region],
          ['Deployments', report.parameters.deployments?.join(', ')],
          ['Percentile', report.parameters.percentile],
          ['Created', <Time key="created" at={report.createdAt} around={false} />],
          ['Version', String(report.version)],
          [
            'Same name',
            <PageLink key="name" to={withQuery('/reports', { name: report.name })}>
              all reports
            </PageLink>,
          ],
          [
            'Before',
            previous === null ? null : (
              <PageLink key="before" to={reportHref(previous.id)}>
                {reportPeriodText(previous.periodStart, previous.periodEnd)}
              </PageLink>
            ),
          ],
        ]}
      />
      {parts === null ? (
        <Note>{`The report is too long to be shown here (${sizeText(report.bytes)}). The JSON has all of it.`}</Note>
      ) : (
        <ReportParts parts={parts} />
      )}
      <Section
        id="changes"
        title="Changed since the report before"
        aside={
          changes === null || changes.length === 0
            ? null
            : changes.length === 1
              ? 'one number'
              : `${changes.length.toLocaleString('en')} numbers`
        }
      >
        {changes === null ? (
          <p class="empty">
            {previous === null
              ? 'There is no earlier report of the same name, region and parameters.'
              : 'One of the reports is too long to be compared.'}
          </p>
        ) : (
          <Changes changes={changes} />
        )}
      </Section>
    </>
  ),
})

function Changes({ changes }: { changes: readonly ChangedNumber[] }) {
  return (
    <>
      <DataTable
        caption="Changed numbers"
        hideCaption
        rows={changes.slice(0, MAX_CHANGES)}
        empty="All numbers are the same."
        columns={[
          { title: 'Number', cell: ({ name }) => name.replaceAll('_', ' ') },
          { title: 'Before', numeric: true, cell: ({ before }) => <Amount of={before} /> },
          { title: 'Now', numeric: true, cell: ({ after }) => <Amount of={after} /> },
          { title: 'Difference', numeric: true, cell: ({ before, after }) => difference((after ?? 0) - (before ?? 0)) },
          { title: 'Change', numeric: true, cell: ({ before, after }) => percentage(before, after) },
        ]}
      />
      {changes.length > MAX_CHANGES ? (
        <Note>{`The first ${MAX_CHANGES} of ${changes.length.toLocaleString('en')} numbers are shown.`}</Note>
      ) : null}
    </>
  )
}

function Amount({ of: value }: { of: number | null }) {
  return value === null ? <span class="none">–</span> : <span>{amountText(value)}</span>
}

function amountText(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: 3 })
}

function difference(value: number): string {
  return `${value > 0 ? '+' : value < 0 ? '−' : ''}${amountText(Math.abs(value))}`
}

function percentage(before: number | null, after: number | null): string {
  if (before === null || after === null || before === 0) return '–'
  const change = ((after - before) / Math.abs(before)) * 100
  return `${change > 0 ? '+' : '−'}${Math.abs(change).toFixed(1)} %`
}
