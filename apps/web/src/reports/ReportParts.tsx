import type { ReportPart } from '@stacktach/domain'
import type { ComponentChildren } from 'preact'
import { type Column, DataTable } from '../components/DataTable.tsx'
import { KeyValue } from '../components/KeyValue.tsx'
import { Note } from '../components/Note.tsx'
import { PageLink } from '../components/PageLink.tsx'
import { Section } from '../components/Section.tsx'
import { findHref, instanceHref, requestHref, searchHref, usageHref } from '../view/links.ts'

/** Titles of parts whose names do not say what they are. */
const titles: Record<string, string> = {
  '': 'Summary',
  'summary verifier': 'Exists by verdict',
  'summary verifier exists': 'Exists by verdict',
  'summary launch_summary': 'Launches',
  'summary image_summary': 'Images',
  exist_fails: 'Exists that failed',
  launch_fails: 'Launches without exists',
  exception_counts: 'Exceptions',
  event_counts: 'Events',
  tenant_issues: 'Failures by tenant',
  instances: 'Requests by instance',
  flavor: 'By flavor',
  flavor_class: 'By flavor class',
}

/** The parts of a report: values and tables. */
export function ReportParts({ parts }: { parts: readonly ReportPart[] }) {
  return parts.map((part, index) => {
    const isList = part.title === '' && part.kind === 'table'
    const title = isList ? 'Details' : (titles[part.title] ?? readable(part.title))
    const id = isList ? 'details' : (part.title || 'summary').replaceAll(/\W+/g, '_').slice(0, 60)
    return (
      <Section
        key={`${id}-${index}`}
        id={
          index === parts.findIndex((other) => other.title === part.title && other.kind === part.kind)
            ? id
            : `${id}-${index}`
        }
        title={title}
        aside={part.kind === 'table' && part.total > 10 ? `${part.total.toLocaleString('en')} rows` : null}
      >
        {part.kind === 'values' ? (
          <KeyValue
            entries={part.entries.map(([name, value]) => [
              readable(name),
              <Value key={name} name={name} value={value} />,
            ])}
          />
        ) : (
          <PartTable title={title} part={part} />
        )}
      </Section>
    )
  })
}

function PartTable({
  title,
  part: { head, rows, total },
}: {
  title: string
  part: Extract<ReportPart, { kind: 'table' }>
}) {
  const columns = head.map((name, index): Column<unknown[]> => {
    const values = rows.slice(0, 50).map((row) => row[index])
    const numeric = values.some((value) => isNumber(value)) && values.every((value) => isNumber(value) || value == null)
    const isLong = values.some((value) => typeof value === 'string' && value.length > 60)
    return {
      title: name === '' ? `\u00a0${'\u200b'.repeat(index)}` : readable(name),
      numeric,
      wide: isLong,
      cell: (row) => <Value name={index === 0 && name === '' ? keyName(title) : name} value={row[index]} />,
    }
  })
  return (
    <>
      <DataTable caption={title} hideCaption columns={columns} rows={rows} empty="Nothing." />
      {rows.length < total ? (
        <Note>{`The first ${rows.length.toLocaleString('en')} of ${total.toLocaleString('en')} rows are shown; the JSON has all.`}</Note>
      ) : null}
    </>
  )
}

/** The meaning of the keys of some tables. */
function keyName(title: string): string {
  if (title === titles.instances) return 'uuid'
  return title === titles.tenant_issues ? 'tenant' : ''
}

/** Words instead of names with underscores. */
function readable(name: string): string {
  const words = name.replaceAll('_', ' ').trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/

/** A value of a report; ids are links. */
function Value({ name, value }: { name: string; value: unknown }): ComponentChildren {
  if (value === null || value === undefined || value === '') return <span class="none">–</span>
  if (typeof value === 'number') return numberText(name, value)
  if (typeof value !== 'string') return String(value)
  if (name === 'tenant') return <PageLink to={usageHref(value)}>{value}</PageLink>
  if (name === 'host' || name === 'Compute') return <PageLink to={searchHref({ host: value })}>{value}</PageLink>
  const request = /^req-[0-9a-f-]{36}$/.exec(value)
  if (request !== null) return <PageLink to={requestHref(value)}>{value}</PageLink>
  const [uuid] = UUID.exec(value) ?? []
  if (uuid === undefined || value.length > 500) return value
  const [before = '', ...after] = value.split(uuid)
  return (
    <>
      {before}
      <PageLink
        to={before.endsWith('req-') ? findHref(`req-${uuid}`) : name === 'uuid' ? instanceHref(uuid) : findHref(uuid)}
      >
        {uuid}
      </PageLink>
      {after.join(uuid)}
    </>
  )
}

/** Shares with one decimal, other numbers with at most three; ids and codes without separators. */
function numberText(name: string, value: number): string {
  if (/(?:percent|^%)/i.test(name)) return `${value.toFixed(1)} %`
  if (/(?:\bid\b|code|version|start|end)$/i.test(name)) return String(value)
  return value.toLocaleString('en', { maximumFractionDigits: 3 })
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'bigint'
}
