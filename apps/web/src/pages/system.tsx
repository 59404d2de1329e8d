import {
  databaseState,
  deploymentActivity,
  type ExistsOverview,
  type ExistsService,
  type ExistsStatus,
  existsOverview,
  existsServices,
  rejectedReasons,
  retentionState,
  storageOverview,
} from '@stacktach/db'
import { DAY, type Duration, type Service, services } from '@stacktach/domain'
import { z } from 'zod'
import { DataTable } from '../components/DataTable.tsx'
import { DurationText } from '../components/DurationText.tsx'
import { KeyValue } from '../components/KeyValue.tsx'
import { Note } from '../components/Note.tsx'
import { PageHead } from '../components/PageHead.tsx'
import { PageLink } from '../components/PageLink.tsx'
import { Section } from '../components/Section.tsx'
import { Stats } from '../components/Stats.tsx'
import { Time } from '../components/Time.tsx'
import { productVersion } from '../page/assets.ts'
import { definePage } from '../page/definePage.ts'
import { existsHref, searchHref } from '../view/links.ts'
import { sizeText } from '../view/sizes.ts'

/** Rejected messages that are counted by reason, latest first. */
const REJECTED_LIMIT = 10_000

/** Exists of a status that are counted. */
const EXISTS_LIMIT = 10_000

/** What is stored, what waits, and since when data is kept. */
export const systemPage = definePage({
  path: '/system',
  navigation: 'System',
  access: 'all',
  params: z.object({}),
  async load({ db, now }) {
    const [overview, state, deployments, retention, nova, glance] = await Promise.all([
      storageOverview(db),
      databaseState(db),
      deploymentActivity(db),
      retentionState(db),
      existsOverview(db, 'nova', EXISTS_LIMIT),
      existsOverview(db, 'glance', EXISTS_LIMIT),
    ])
    const reasons = await rejectedReasons(db, REJECTED_LIMIT)
    return { now, overview, state, deployments, retention, exists: { nova, glance }, reasons }
  },
  title: () => 'System',
  view: ({ now, overview, state, deployments, retention, exists, reasons }) => {
    const { stored, rejected, backlog, unsent } = overview
    const waiting = backlog.rows.instance + backlog.rows.image + backlog.rows.request
    const behind: Duration | null = backlog.oldest === null ? null : now - backlog.oldest
    return (
      <>
        <PageHead title="System" />
        <Stats
          label="Overview"
          stats={[
            ...services.map((service) => ({
              label: `${service} notifications`,
              value: `${stored[service] > 0 ? '≈ ' : ''}${stored[service].toLocaleString('en')}`,
              to: searchHref({ service }),
              detail: partitionText(service, retention),
            })),
            {
              label: 'To be folded',
              value: waiting.toLocaleString('en'),
              detail:
                waiting === 0
                  ? 'aggregates are up to date'
                  : `${backlog.rows.instance} instance, ${backlog.rows.image} image, ${backlog.rows.request} request`,
              tone: waiting > 0 ? ('pending' as const) : ('quiet' as const),
            },
            {
              label: 'To be published',
              value: unsent.toLocaleString('en'),
              detail: 'verified exists',
              tone: unsent > 0 ? ('pending' as const) : ('quiet' as const),
            },
            {
              label: 'Rejected messages',
              value: `${rejected > 0 ? '≈ ' : ''}${rejected.toLocaleString('en')}`,
              tone: rejected > 0 ? ('bad' as const) : ('quiet' as const),
            },
          ]}
        />
        {behind === null || behind < 0 ? null : (
          <Note>
            {'The oldest notification that is not yet folded: '}
            <Time at={backlog.oldest} />
            {', '}
            <DurationText of={behind} />
            {' ago.'}
          </Note>
        )}
        <div class="side-by-side">
          <Section id="deployments" title="Deployments">
            <DataTable
              caption="Deployments"
              hideCaption
              rows={deployments}
              empty="No deployment has sent a notification."
              columns={[
                {
                  title: 'Deployment',
                  cell: ({ name }) => <PageLink to={searchHref({ deployment: name })}>{name}</PageLink>,
                },
                { title: 'Last notification', cell: ({ lastWhen }) => <Time at={lastWhen} none="never" /> },
                {
                  title: 'Ago',
                  numeric: true,
                  cell: ({ lastWhen }) => <DurationText of={lastWhen === null ? null : Math.max(0, now - lastWhen)} />,
                },
              ]}
            />
          </Section>
          <Section id="exists" title="Exists">
            <DataTable
              caption="Exists by status"
              hideCaption
              rows={existsServices}
              empty="–"
              columns={[
                { title: 'Service', cell: (service) => service },
                ...(['pending', 'verifying', 'failed', 'verified'] as const).map((status) => ({
                  title: status,
                  numeric: true,
                  cell: (service: ExistsService) => (
                    <ExistsCount service={service} status={status} overview={exists[service]} />
                  ),
                })),
              ]}
            />
          </Section>
          <Section id="rejected" title="Rejected messages">
            {reasons === null ? (
              <p class="empty">
                The database role of the api may not read why messages were rejected: run <code>npm run migrate</code>,
                or <code>stacktach rejected list</code> as an operator.
              </p>
            ) : (
              <>
                <DataTable
                  caption="Rejected messages by reason"
                  hideCaption
                  rows={reasons}
                  empty="No message was rejected."
                  columns={[
                    { title: 'Reason', cell: ({ reason }) => reason },
                    { title: 'Messages', numeric: true, cell: ({ count }) => count.toLocaleString('en') },
                    { title: 'Last', cell: ({ last }) => <Time at={last} /> },
                  ]}
                />
                {reasons.length === 0 ? null : (
                  <Note>
                    {`Of the latest ${REJECTED_LIMIT.toLocaleString('en')}. `}
                    <code>stacktach rejected list</code> shows each one, <code>rejected replay</code> stores them.
                  </Note>
                )}
              </>
            )}
          </Section>
          <Section id="kept" title="Kept since">
            <DataTable
              caption="Kept since"
              hideCaption
              rows={kindsOf(retention)}
              empty="–"
              columns={[
                { title: 'Data', cell: ({ kind }) => kind },
                { title: 'Since', cell: ({ instant }) => <Time at={instant} around={false} none="the beginning" /> },
                {
                  title: 'Days',
                  numeric: true,
                  cell: ({ instant }) =>
                    instant === null ? '–' : Math.floor((now - instant) / DAY).toLocaleString('en'),
                },
                {
                  title: 'Partitions',
                  numeric: true,
                  cell: ({ partitions }) => partitions?.toLocaleString('en') ?? '–',
                },
                { title: 'Size', numeric: true, cell: ({ bytes }) => (bytes === null ? '–' : sizeText(bytes)) },
              ]}
            />
          </Section>
        </div>
        <Section id="database" title="Database">
          <KeyValue
            entries={[
              ['StackTach', productVersion],
              ['PostgreSQL', state.version],
              ['Database', state.name],
              ['Size', sizeText(state.bytes)],
              ['Server', state.standby === null ? 'primary' : 'replica'],
              [
                'Last replayed transaction',
                state.standby === null ? null : <BehindText key="behind" behind={state.standby.behind} />,
              ],
              ['Migrations', state.migrations.length.toLocaleString('en')],
            ]}
          />
          <details class="more">
            <summary>{`Latest migration: ${state.migrations[0]?.name ?? 'none'}`}</summary>
            <DataTable
              caption="Migrations"
              hideCaption
              rows={state.migrations}
              empty="No migration was applied."
              columns={[
                { title: 'Migration', cell: ({ name }) => <code>{name}</code> },
                {
                  title: 'Applied',
                  cell: ({ finishedAt }) => <Time at={finishedAt} around={false} none="not finished" />,
                },
              ]}
            />
          </details>
        </Section>
        <Note>
          Numbers with ≈ are row statistics of PostgreSQL. The api reads PostgreSQL only: <code>stacktach status</code>{' '}
          and the metrics of the jobs process also show the queues of RabbitMQ and the jobs in Redis.
        </Note>
      </>
    )
  },
})

function ExistsCount({
  service,
  status,
  overview: { counts, more },
}: {
  service: ExistsService
  status: ExistsStatus
  overview: ExistsOverview
}) {
  const count = counts[status]
  if (count === 0) return <span class="none">0</span>
  return (
    <PageLink to={existsHref({ service, status })} class={status === 'failed' ? 'bad-text' : undefined}>
      {`${status === 'verified' ? '≈ ' : more.includes(status) ? '> ' : ''}${count.toLocaleString('en')}`}
    </PageLink>
  )
}

function BehindText({ behind }: { behind: Duration | null }) {
  return behind === null ? (
    <>none yet</>
  ) : (
    <>
      <DurationText of={behind} />
      {' ago'}
    </>
  )
}

type Retention = Awaited<ReturnType<typeof retentionState>>

function partitionText(service: Service, { partitions }: Retention): string {
  const own = partitions.filter((partition) => partition.service === service)
  return sizeText(own.reduce((sum, { bytes }) => sum + bytes, 0))
}

function kindsOf({ horizons, partitions }: Retention) {
  const horizonOf = (kind: string) => horizons.find((horizon) => horizon.kind === kind)?.instant ?? null
  return [
    ...services.map((service) => {
      const own = partitions.filter((partition) => partition.service === service)
      return {
        kind: `${service} notifications`,
        instant: horizonOf(service),
        partitions: own.length,
        bytes: own.reduce((sum, { bytes }) => sum + bytes, 0),
      }
    }),
    { kind: 'aggregates', instant: horizonOf('aggregates'), partitions: null, bytes: null },
  ]
}
