import type { FoundNotification } from '@stacktach/db'
import { Badge } from '../components/Badge.tsx'
import { type Column, DataTable } from '../components/DataTable.tsx'
import { Id } from '../components/Id.tsx'
import { PageLink } from '../components/PageLink.tsx'
import { Time } from '../components/Time.tsx'
import { instanceHref, notificationHref, requestHref, searchHref, usageHref } from '../view/links.ts'

const none = <span class="none">–</span>

const columns: Column<FoundNotification>[] = [
  { title: 'When', cell: ({ when }) => <Time at={when} /> },
  {
    title: 'Event',
    cell: ({ service, id, event, routingKey }) => (
      <span class="event-cell">
        <PageLink to={notificationHref(service, id)}>{event}</PageLink>
        {routingKey.endsWith('error') ? <Badge tone="bad">error</Badge> : null}
      </span>
    ),
  },
  { title: 'From', cell: ({ service, component }) => <span title={service}>{component}</span> },
  { title: 'Host', cell: ({ host }) => (host === null ? none : <HostLink host={host} />) },
  {
    title: 'Instance',
    cell: ({ instance, image }) =>
      instance !== null ? (
        <Id to={instanceHref(instance)}>{instance}</Id>
      ) : image !== null ? (
        <span title="image">
          <Id to={searchHref({ image })}>{image}</Id>
        </span>
      ) : (
        none
      ),
  },
  { title: 'State', cell: ({ state, oldState, task }) => <StateCell state={state} oldState={oldState} task={task} /> },
  {
    title: 'Request',
    cell: ({ requestId }) =>
      requestId === '' ? (
        none
      ) : (
        <Id short to={requestHref(requestId)}>
          {requestId}
        </Id>
      ),
  },
  {
    title: 'Tenant',
    cell: ({ tenant }) =>
      tenant === null ? (
        none
      ) : (
        <Id short to={usageHref(tenant)}>
          {tenant}
        </Id>
      ),
  },
  {
    title: 'Deployment',
    cell: ({ deployment }) =>
      deployment === null ? none : <PageLink to={searchHref({ deployment })}>{deployment}</PageLink>,
  },
]

/** The first label of a long host name; the whole one is in the title. */
function HostLink({ host }: { host: string }) {
  const [label = host, ...domain] = host.split('.')
  const isShort = domain.length < 2 || /^\d+$/.test(label)
  return (
    <PageLink to={searchHref({ host })} title={isShort ? undefined : host} label={host}>
      {isShort ? host : label}
    </PageLink>
  )
}

function StateCell({ state, oldState, task }: Pick<FoundNotification, 'state' | 'oldState' | 'task'>) {
  if (!state && !task) return none
  return (
    <>
      {oldState && oldState !== state ? <span class="muted">{`${oldState} → `}</span> : null}
      {state}
      {task ? <span class="muted">{`${state ? ' · ' : ''}${task}`}</span> : null}
    </>
  )
}

/** Notifications of all services. */
export function FoundNotifications({ rows, empty }: { rows: readonly FoundNotification[]; empty: string }) {
  return <DataTable caption="Notifications" hideCaption columns={columns} rows={rows} empty={empty} />
}
