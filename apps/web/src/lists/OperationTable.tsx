import type { StoredOperation } from '@stacktach/db'
import { durationOfOperation } from '@stacktach/domain'
import type { ComponentChildren } from 'preact'
import { OutcomeBadge } from '../components/Badge.tsx'
import { DataTable } from '../components/DataTable.tsx'
import { DurationText } from '../components/DurationText.tsx'
import { HostName } from '../components/HostName.tsx'
import { Id } from '../components/Id.tsx'
import { PageLink } from '../components/PageLink.tsx'
import { Time } from '../components/Time.tsx'
import { equalFailuresHref } from '../failures/filters.ts'
import { instanceHref, requestHref, searchHref, timingHref } from '../view/links.ts'
import { shortName } from '../view/shortName.ts'

interface Props {
  caption: string
  rows: readonly StoredOperation[]
  empty: ComponentChildren
  /** Whether the operations are of several instances. */
  showsInstance?: boolean
  /** Whether the operations are of several requests. */
  showsRequest?: boolean
}

/** The id of the HTML element of an operation's row. */
export function operationRowId({ id }: Pick<StoredOperation, 'id'>): string {
  return `operation-${id}`
}

/** A list of operations: the text form of the timeline. */
export function OperationTable({ caption, rows, empty, showsInstance = false, showsRequest = true }: Props) {
  return (
    <DataTable
      caption={caption}
      hideCaption
      rows={rows}
      empty={empty}
      rowId={operationRowId}
      columns={[
        {
          title: 'Operation',
          cell: ({ name }) => (
            <PageLink to={timingHref(name)}>
              <OperationName name={name} />
            </PageLink>
          ),
        },
        { title: 'Outcome', cell: ({ outcome }) => <OutcomeBadge outcome={outcome} /> },
        {
          title: 'Start',
          cell: ({ attempts, when }) => <Time at={attempts[0]?.start === null ? null : when} none="unknown" />,
        },
        { title: 'Duration', numeric: true, cell: (row) => <DurationText of={durationOfOperation(row)} /> },
        {
          title: 'Host',
          cell: ({ host }) =>
            host === null ? (
              <span class="none">–</span>
            ) : (
              <PageLink to={searchHref({ host })}>
                <HostName host={host} />
              </PageLink>
            ),
        },
        { title: 'Error', wide: true, cell: (row) => <LastError {...row} /> },
        { title: 'Attempts', numeric: true, cell: ({ attempts }) => attempts.length },
        ...(showsInstance
          ? [
              {
                title: 'Instance',
                cell: ({ instance }: StoredOperation) => (
                  <Id short to={instanceHref(instance)}>
                    {instance}
                  </Id>
                ),
              },
            ]
          : []),
        {
          title: 'Requested by',
          cell: ({ userId }) => (userId === null ? <span class="none">–</span> : <Id short>{userId}</Id>),
        },
        ...(showsRequest
          ? [
              {
                title: 'Request',
                cell: ({ requestId }: StoredOperation) =>
                  requestId === '' ? (
                    <span class="none">–</span>
                  ) : (
                    <Id short to={requestHref(requestId)}>
                      {requestId}
                    </Id>
                  ),
              },
            ]
          : []),
      ]}
    />
  )
}

/** The whole name; the part that distinguishes it stands out. */
function OperationName({ name }: { name: string }) {
  const short = shortName(name)
  return (
    <>
      <span class="prefix">{name.slice(0, name.length - short.length)}</span>
      {short}
    </>
  )
}

/** The error of the last failed attempt; of an operation that succeeded in the end it tells why it took several. */
function LastError({ attempts }: StoredOperation) {
  const failed = attempts.findLast(({ error }) => error !== null)
  if (failed?.error == null) return <span class="none">–</span>
  return (
    <PageLink to={equalFailuresHref(failed)} class="error-text two-lines" title={failed.error}>
      {failed.error}
    </PageLink>
  )
}
