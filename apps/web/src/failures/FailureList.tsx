import type { StoredFailure } from '@stacktach/db'
import { type Column, DataTable } from '../components/DataTable.tsx'
import { HostLink } from '../components/HostLink.tsx'
import { IdOrDash } from '../components/IdOrDash.tsx'
import { PageLink } from '../components/PageLink.tsx'
import { Time } from '../components/Time.tsx'
import { instanceHref, notificationHref, requestHref, usageHref } from '../view/links.ts'
import { shortName } from '../view/shortName.ts'

const columns: Column<StoredFailure>[] = [
  { title: 'When', cell: ({ when }) => <Time at={when} /> },
  {
    title: 'Operation and error',
    wide: true,
    cell: ({ name, error, notificationId }) => (
      <>
        <PageLink to={notificationHref('nova', notificationId)} title={`${name}: the error notification`}>
          {shortName(name)}
        </PageLink>{' '}
        <span class="error-text">{error}</span>
      </>
    ),
  },
  {
    title: 'Instance',
    cell: ({ instance }) => <IdOrDash to={instanceHref}>{instance}</IdOrDash>,
  },
  { title: 'Host', cell: ({ host }) => <HostLink host={host} /> },
  { title: 'Flavor', cell: ({ flavor }) => flavor ?? <span class="none">–</span> },
  {
    title: 'Tenant',
    cell: ({ tenant }) => <IdOrDash to={usageHref}>{tenant}</IdOrDash>,
  },
  {
    title: 'Request',
    cell: ({ requestId }) => <IdOrDash to={requestHref}>{requestId}</IdOrDash>,
  },
  { title: 'Deployment', cell: ({ deployment }) => deployment ?? <span class="none">–</span> },
]

/** The failed attempts, newest first. */
export function FailureList({ failures }: { failures: readonly StoredFailure[] }) {
  return (
    <DataTable
      caption="Failed attempts, newest first"
      hideCaption
      columns={columns}
      rows={failures}
      empty="No attempt failed in this period with these filters."
    />
  )
}
