import type { OpenOperation } from '@stacktach/db'
import { type Attempt, stuckAge } from '@stacktach/domain'
import type { ComponentChildren } from 'preact'
import { Badge } from '../components/Badge.tsx'
import { type Column, DataTable } from '../components/DataTable.tsx'
import { DurationText } from '../components/DurationText.tsx'
import { HostLink } from '../components/HostLink.tsx'
import { Id } from '../components/Id.tsx'
import { IdOrDash } from '../components/IdOrDash.tsx'
import { PageLink } from '../components/PageLink.tsx'
import { Time } from '../components/Time.tsx'
import { instanceHref, requestHref, timingHref, usageHref } from '../view/links.ts'
import { shortName } from '../view/shortName.ts'

const dash = <span class="none">–</span>

const columns: Column<OpenOperation>[] = [
  { title: 'Age', numeric: true, cell: ({ age }) => <DurationText of={age} /> },
  { title: 'State', cell: ({ stuck }) => <Badge tone={stuck ? 'bad' : 'pending'}>{stuck ? 'stuck' : 'open'}</Badge> },
  {
    title: 'Operation',
    cell: ({ operation: { name, attempts } }) => (
      <>
        <PageLink to={timingHref(name)} class="quiet-link" title={`${name}: its timings`}>
          {shortName(name)}
        </PageLink>
        <Retries attempts={attempts} />
      </>
    ),
  },
  { title: 'p99', numeric: true, cell: ({ p99 }) => <DurationText of={p99} /> },
  { title: 'Stuck after', numeric: true, cell: ({ p99 }) => <DurationText of={stuckAge(p99)} /> },
  {
    title: 'Instance',
    cell: ({ operation: { instance } }) => <Id to={instanceHref(instance)}>{instance}</Id>,
  },
  { title: 'Host', cell: ({ operation: { host } }) => <HostLink host={host} /> },
  { title: 'Tenant', cell: ({ operation: { tenant } }) => <IdOrDash to={usageHref}>{tenant}</IdOrDash> },
  { title: 'Started', cell: ({ operation: { when } }) => <Time at={when} /> },
]

const moreColumns: Column<OpenOperation>[] = [
  { title: 'Flavor', cell: ({ operation: { flavor } }) => flavor ?? dash },
  { title: 'Deployment', cell: ({ operation: { deployment } }) => deployment ?? dash },
  { title: 'Request', cell: ({ operation: { requestId } }) => <IdOrDash to={requestHref}>{requestId}</IdOrDash> },
]

interface Props {
  operations: readonly OpenOperation[]
  /** Whether flavor, deployment and request are shown, too. */
  isComplete: boolean
  empty: ComponentChildren
}

/** Operations that have started and not ended. */
export function OpenOperationsTable({ operations, isComplete, empty }: Props) {
  return (
    <DataTable
      caption="Open operations, oldest first"
      hideCaption
      columns={isComplete ? [...columns, ...moreColumns] : columns}
      rows={operations}
      empty={empty}
    />
  )
}

function Retries({ attempts }: { attempts: readonly Attempt[] }) {
  if (attempts.length < 2) return null
  const errors = attempts.flatMap(({ error, host }) => (error === null ? [] : [`${host ?? '?'}: ${error}`]))
  return <span class="muted" title={errors.join('\n')}>{` attempt ${attempts.length}`}</span>
}
