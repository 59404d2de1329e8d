import {
  countInstanceNotifications,
  deletesOfInstance,
  type ExistsOfInstance,
  existsOf,
  type InstanceHead,
  instanceHead,
  instanceOwner,
  launchesOfInstance,
  notificationsOfInstance,
  operationsOfInstance,
} from '@stacktach/db'
import { HttpError, uuid } from '@stacktach/http'
import { z } from 'zod'
import { Badge, type Tone } from '../components/Badge.tsx'
import { DataTable } from '../components/DataTable.tsx'
import { DurationText } from '../components/DurationText.tsx'
import { Id } from '../components/Id.tsx'
import { KeyValue } from '../components/KeyValue.tsx'
import { PageHead } from '../components/PageHead.tsx'
import { PageLink } from '../components/PageLink.tsx'
import { Pager } from '../components/Pager.tsx'
import { Section } from '../components/Section.tsx'
import { Time } from '../components/Time.tsx'
import { NoiseSwitch } from '../lists/NoiseSwitch.tsx'
import { NotificationTable } from '../lists/NotificationTable.tsx'
import { OperationTable, operationRowId } from '../lists/OperationTable.tsx'
import { cutPage, listCursor, listCursorParameter, timeCursor, timeCursorParameter } from '../page/cursors.ts'
import { definePage } from '../page/definePage.ts'
import { TimelineView } from '../timeline/TimelineView.tsx'
import { notificationHref, requestHref, searchHref, usageHref } from '../view/links.ts'
import { OriginContext } from '../view/view.ts'

const OPERATIONS = 30
const LAUNCHES = 50
const EXISTS = 24
const NOTIFICATIONS = 100

/** What happened to an instance. */
export const instancePage = definePage({
  path: '/instances/:uuid',
  params: z.object({
    uuid,
    /** 1: also the notifications that are noise. */
    noise: z.string().optional(),
    operations_before: timeCursorParameter,
    exists_before: timeCursorParameter,
    notifications_before: listCursorParameter,
  }),
  access: 'tenant',
  async load({ db, now, tenants, url }, { uuid, noise, ...before }) {
    const [latest, owner] = await Promise.all([instanceHead(db, uuid), instanceOwner(db, uuid)])
    const isForeign = tenants !== null && (owner === null || !tenants.includes(owner))
    if (latest === null || isForeign) throw new HttpError(404, `There is no instance ${uuid}`)
    // The last notification can have the project of an administrator.
    const head = { ...latest, tenant: owner, tenantName: latest.tenant === owner ? latest.tenantName : null }
    const withNoise = noise === '1'
    const [operations, launches, deletes, exists, notifications, counts] = await Promise.all([
      operationsOfInstance(db, { instance: uuid, before: before.operations_before, limit: OPERATIONS + 1 }),
      launchesOfInstance(db, { instance: uuid, limit: LAUNCHES }),
      deletesOfInstance(db, { instance: uuid, limit: LAUNCHES }),
      existsOf(db, { instance: uuid, after: before.exists_before, limit: EXISTS + 1 }),
      notificationsOfInstance(db, {
        instance: uuid,
        before: before.notifications_before ?? null,
        withNoise,
        limit: NOTIFICATIONS + 1,
      }),
      countInstanceNotifications(db, uuid),
    ])
    return {
      head,
      now,
      url,
      withNoise,
      counts,
      before,
      launches,
      deletes,
      operations: cutPage(operations, OPERATIONS, timeCursor),
      exists: cutPage(exists, EXISTS, timeCursor),
      notifications: cutPage(notifications, NOTIFICATIONS, listCursor),
    }
  },
  title: ({ head }) => `Instance ${head.displayName ?? head.instance}`,
  view: ({ head, now, url, withNoise, counts, before, launches, deletes, operations, exists, notifications }) => (
    <OriginContext.Provider value={head.launchedAt ?? operations.rows.at(-1)?.when ?? null}>
      <Head head={head} now={now} />
      <Section
        id="operations"
        title="Operations"
        aside={
          operations.next === null && before.operations_before === undefined
            ? undefined
            : `${OPERATIONS} per page, newest first`
        }
      >
        {operations.rows.length === 0 ? null : (
          <TimelineView operations={operations.rows} now={now} hrefOf={(row) => `#${operationRowId(row)}`} />
        )}
        <OperationTable caption="Operations" rows={operations.rows} empty="No operation of this instance is stored." />
        <Pager
          of="operations"
          next={operations.next}
          parameter="operations_before"
          isFirst={before.operations_before === undefined}
        />
      </Section>
      <Section id="launches" title="Launches">
        <DataTable
          caption="Launches"
          hideCaption
          rows={launches}
          empty="No launch of this instance is stored."
          columns={[
            { title: 'Launched', cell: ({ launchedAt }) => <Time at={launchedAt} none="not launched" /> },
            { title: 'First notification', cell: ({ firstWhen }) => <Time at={firstWhen} /> },
            { title: 'Flavor type', cell: ({ instanceTypeId }) => instanceTypeId ?? '–' },
            { title: 'Flavor id', cell: ({ instanceFlavorId }) => instanceFlavorId ?? '–' },
            {
              title: 'Tenant',
              cell: ({ tenant }) => (tenant === null ? '–' : <Id to={usageHref(tenant)}>{tenant}</Id>),
            },
            {
              title: 'System',
              cell: ({ osDistro, osVersion }) => [osDistro, osVersion].filter(Boolean).join(' ') || '–',
            },
            { title: 'Request', cell: ({ requestId }) => <Id to={requestHref(requestId)}>{requestId}</Id> },
          ]}
        />
      </Section>
      <Section id="deletes" title="Deletes">
        <DataTable
          caption="Deletes"
          hideCaption
          rows={deletes}
          empty="No delete of this instance is stored."
          columns={[
            {
              title: 'Deleted',
              cell: ({ deletedAt, notificationId }) => (
                <>
                  <Time at={deletedAt} />{' '}
                  <PageLink to={notificationHref('nova', notificationId)}>notification</PageLink>
                </>
              ),
            },
            { title: 'Launched', cell: ({ launchedAt }) => <Time at={launchedAt} /> },
            {
              title: 'Lifetime',
              numeric: true,
              cell: ({ launchedAt, deletedAt }) => <DurationText of={deletedAt - launchedAt} />,
            },
            {
              title: 'Status',
              cell: ({ status, effective }) => <Badge tone={effective ? 'good' : 'neutral'}>{status}</Badge>,
            },
          ]}
        />
      </Section>
      <Section id="exists" title="Exists">
        <DataTable
          caption="Exists, by time, with the verdict of their verification"
          hideCaption
          rows={exists.rows}
          empty="No exists of this instance is stored."
          columns={[
            {
              title: 'Audit period',
              cell: ({ auditPeriodBeginning, auditPeriodEnding }) => (
                <>
                  <Time at={auditPeriodBeginning} around={false} /> – <Time at={auditPeriodEnding} around={false} />
                </>
              ),
            },
            {
              title: 'Received',
              cell: ({ when, notificationId }) => (
                <>
                  <Time at={when} /> <PageLink to={notificationHref('nova', notificationId)}>notification</PageLink>
                </>
              ),
            },
            { title: 'Launched', cell: ({ launchedAt }) => <Time at={launchedAt} /> },
            { title: 'Deleted', cell: ({ deletedAt }) => <Time at={deletedAt} /> },
            { title: 'Verdict', cell: (row) => <VerdictBadge {...row} /> },
            { title: 'Reason', wide: true, cell: ({ failReason }) => failReason ?? <span class="none">–</span> },
          ]}
        />
        <Pager of="exists" next={exists.next} parameter="exists_before" isFirst={before.exists_before === undefined} />
      </Section>
      <Section
        id="notifications"
        title="Notifications"
        aside={
          <>
            {`${counts.all.toLocaleString('en')}${counts.isCut ? ' or more' : ''} of nova. `}
            {counts.noise === 0 ? null : (
              <NoiseSwitch
                count={counts.noise}
                withNoise={withNoise}
                url={url}
                reset={['notifications_before']}
                fragment="notifications"
              />
            )}
          </>
        }
      >
        <NotificationTable
          caption="Notifications of all services, newest first"
          rows={notifications.rows}
          empty="No notification of this instance is stored."
        />
        <Pager
          of="notifications"
          next={notifications.next}
          parameter="notifications_before"
          isFirst={before.notifications_before === undefined}
        />
      </Section>
    </OriginContext.Provider>
  ),
})

function Head({ head, now }: { head: InstanceHead; now: number }) {
  const { instance, displayName, state, taskState, launchedAt, deletedAt } = head
  const until = deletedAt ?? now
  return (
    <>
      <PageHead kind="Instance" title={displayName ?? instance}>
        {state === null || state === '' ? null : (
          <Badge tone={state === 'error' ? 'bad' : state === 'active' ? 'good' : 'neutral'}>{state}</Badge>
        )}
        {taskState ? <span class="muted">{taskState}</span> : null}
      </PageHead>
      <KeyValue
        entries={[
          [
            'Instance',
            <Id copy key="id">
              {instance}
            </Id>,
          ],
          [
            'Tenant',
            head.tenant === null ? null : (
              <>
                <Id to={usageHref(head.tenant)}>{head.tenant}</Id>
                {head.tenantName === null ? null : ` ${head.tenantName}`}
              </>
            ),
          ],
          [
            'User',
            head.userId === null ? null : (
              <>
                <Id>{head.userId}</Id>
                {head.userName === null ? null : ` ${head.userName}`}
              </>
            ),
          ],
          ['Host', head.host === null ? null : <PageLink to={searchHref({ host: head.host })}>{head.host}</PageLink>],
          ['Flavor', head.flavor],
          ['Image', head.image],
          ['Deployment', head.deployment],
          ['Launched', launchedAt === null ? null : <Time at={launchedAt} />],
          ['Deleted', deletedAt === null ? null : <Time at={deletedAt} />],
          [
            deletedAt === null ? 'Age' : 'Lifetime',
            launchedAt === null ? null : <DurationText of={until - launchedAt} />,
          ],
          ['Last notification', head.lastWhen === null ? null : <Time at={head.lastWhen} />],
        ]}
      />
    </>
  )
}

const verdictTones: Readonly<Record<string, Tone>> = {
  verified: 'good',
  failed: 'bad',
  pending: 'pending',
  verifying: 'pending',
}

/** The verification status of an exists; a failed one that was published before was contradicted later. */
function VerdictBadge({ status, sendStatus }: ExistsOfInstance) {
  const isContradicted = status === 'failed' && sendStatus >= 200 && sendStatus < 300
  return <Badge tone={verdictTones[status] ?? 'neutral'}>{isContradicted ? 'contradicted' : status}</Badge>
}
