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
  return inOrder(parts).map((part, index, parts) => {
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

/** Without what only programs read; the requests of each instance, a long table, come last. */
function inOrder(parts: readonly ReportPart[]): readonly ReportPart[] {
  const shown = parts.flatMap((part): ReportPart[] => {
    if (part.kind === 'table') return [part]
    const entries = part.entries.filter(([name]) => name !== 'report_format' && name !== 'raw_text')
    return entries.length === 0 ? [] : [{ ...part, entries }]
  })
  const isLast = ({ title }: ReportPart) => title === 'instances'
  return [...shown.filter((part) => !isLast(part)), ...shown.filter(isLast)]
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
      title: name === '' ? keyTitle(title) : readable(name),
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

/** The heading of the keys. */
function keyTitle(title: string): string {
  if (title === titles.instances) return 'Instance'
  if (title === titles.flavor) return 'Flavor'
  return title === titles.tenant_issues ? 'Tenant' : 'Name'
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

const IDS = /((?:req-)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/

/** Longer texts are shown without links. */
const MAX_LINKED = 2_000

/** A value of a report; ids are links. */
function Value({ name, value }: { name: string; value: unknown }): ComponentChildren {
  if (value === null || value === undefined || value === '') return <span class="none">–</span>
  if (typeof value === 'number') return numberText(name, value)
  if (typeof value !== 'string') return String(value)
  if (name === 'tenant') return <PageLink to={usageHref(value)}>{value}</PageLink>
  if (name === 'host' || name === 'Compute') return <PageLink to={searchHref({ host: value })}>{value}</PageLink>
  return value.length > MAX_LINKED ? value : <LinkedText name={name} text={value} />
}

/** A text in which the ids of requests and instances are links. */
function LinkedText({ name, text }: { name: string; text: string }): ComponentChildren {
  return text.split(IDS).map((part, index) => {
    // The pattern has one group, so that every second part is an id.
    if (index % 2 === 0) return part
    const to = part.startsWith('req-') ? requestHref(part) : name === 'uuid' ? instanceHref(part) : findHref(part)
    return (
      <PageLink key={index} to={to}>
        {part}
      </PageLink>
    )
  })
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
