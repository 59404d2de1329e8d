import type { ServiceNotification } from '@stacktach/db'
import type { ComponentChildren } from 'preact'
import { Badge } from '../components/Badge.tsx'
import { type Column, DataTable } from '../components/DataTable.tsx'
import { Id } from '../components/Id.tsx'
import { PageLink } from '../components/PageLink.tsx'
import { Time } from '../components/Time.tsx'
import { instanceHref, notificationHref, requestHref, searchHref } from '../view/links.ts'

/** What a list shows of a notification; other services' notifications have no states. */
type Listed = Pick<
  ServiceNotification,
  | 'service'
  | 'id'
  | 'when'
  | 'event'
  | 'host'
  | 'routingKey'
  | 'deployment'
  | 'state'
  | 'oldState'
  | 'oldTask'
  | 'status'
  | 'instance'
  | 'requestId'
>

interface Props {
  caption: string
  rows: readonly Listed[]
  empty: ComponentChildren
  /** Which of the columns that pages leave out are shown. */
  shows?: readonly ('instance' | 'request' | 'deployment')[]
}

/** A list of notifications. The first link of a row is the notification. */
export function NotificationTable({ caption, rows, empty, shows = ['request', 'deployment'] }: Props) {
  const optional: readonly [name: 'instance' | 'request' | 'deployment', column: Column<Listed>][] = [
    [
      'instance',
      {
        title: 'Instance',
        cell: ({ instance }) =>
          instance === null ? (
            <None />
          ) : (
            <Id short to={instanceHref(instance)}>
              {instance}
            </Id>
          ),
      },
    ],
    [
      'request',
      {
        title: 'Request',
        cell: ({ requestId }) =>
          requestId === '' ? (
            <None />
          ) : (
            <Id short to={requestHref(requestId)}>
              {requestId}
            </Id>
          ),
      },
    ],
    ['deployment', { title: 'Deployment', cell: ({ deployment }) => deployment ?? <None /> }],
  ]
  return (
    <DataTable
      caption={caption}
      hideCaption
      rows={rows}
      empty={empty}
      columns={[
        {
          title: 'Event',
          cell: ({ service, id, event, routingKey }) => (
            <>
              <PageLink to={notificationHref(service, id)}>{event}</PageLink>
              {routingKey.endsWith('error') ? (
                <>
                  {' '}
                  <Badge tone="bad">error</Badge>
                </>
              ) : null}
            </>
          ),
        },
        { title: 'Time', cell: ({ when }) => <Time at={when} /> },
        {
          title: 'Host',
          cell: ({ host }) => (host === null ? <None /> : <PageLink to={searchHref({ host })}>{host}</PageLink>),
        },
        { title: 'State', cell: (row) => <StateChange {...row} /> },
        ...optional.filter(([name]) => shows.includes(name)).map(([, column]) => column),
      ]}
    />
  )
}

function None() {
  return <span class="none">–</span>
}

/** The state of an instance or image after the notification, and the one before if it changed. */
function StateChange({ state, oldState, oldTask, status }: Pick<Listed, 'state' | 'oldState' | 'oldTask' | 'status'>) {
  const current = state || status
  if (!current) return <None />
  return (
    <>
      {oldState && oldState !== current ? <span class="muted">{`${oldState} → `}</span> : null}
      {current}
      {oldTask ? <span class="muted">{` · ${oldTask}`}</span> : null}
    </>
  )
}
