import type { BacklogState, DeploymentActivity, FailedExistsCounts, RejectedReason } from '@stacktach/db'
import { isSilent, SILENT_AFTER } from '@stacktach/domain'
import { Badge } from '../components/Badge.tsx'
import { DataTable } from '../components/DataTable.tsx'
import { DurationText } from '../components/DurationText.tsx'
import { Empty } from '../components/Empty.tsx'
import { Note } from '../components/Note.tsx'
import { PageLink } from '../components/PageLink.tsx'
import { Section } from '../components/Section.tsx'
import { shortDuration } from '../view/durations.ts'
import { searchHref } from '../view/links.ts'
import { useView } from '../view/view.ts'
import { BACKLOG_HREF, contradictedHref, failedExistsHref, REJECTED_HREF } from './hrefs.ts'

/** The deployments, the silent ones first. */
export function Deployments({ deployments }: { deployments: readonly DeploymentActivity[] }) {
  const { now } = useView()
  const silent = deployments.filter(({ lastWhen }) => isSilent(lastWhen, now))
  const rows = [...silent, ...deployments.filter((deployment) => !silent.includes(deployment))]
  return (
    <Section id="deployments" title="Deployments">
      <DataTable
        caption="Deployments by their last notification"
        hideCaption
        columns={[
          {
            title: 'Deployment',
            cell: ({ name }) => (
              <PageLink to={searchHref({ deployment: name })} class="quiet-link">
                {name}
              </PageLink>
            ),
          },
          {
            title: 'State',
            cell: ({ lastWhen }) => (
              <Badge tone={isSilent(lastWhen, now) ? 'bad' : 'good'}>
                {isSilent(lastWhen, now) ? 'silent' : 'sends'}
              </Badge>
            ),
          },
          {
            title: 'Last',
            numeric: true,
            cell: ({ lastWhen }) => (
              <DurationText of={lastWhen === null ? null : Math.max(0, now - lastWhen)} none="never" />
            ),
          },
        ]}
        rows={rows}
        empty="No deployment has sent a notification yet. Start ingest with a deployments file."
      />
      <Note>{`Silent: the latest notification is older than ${shortDuration(SILENT_AFTER)}, by its own time.`}</Note>
    </Section>
  )
}

/** The reasons of exists that failed verification. */
export function FailedExistsReasons({ exists, days }: { exists: FailedExistsCounts; days: number }) {
  const { reasons, isPartial } = exists
  return (
    <Section id="exists" title="Exists that failed verification" aside={`${days} days`}>
      <DataTable
        caption="Failed exists by reason"
        hideCaption
        columns={[
          {
            title: 'Failed',
            numeric: true,
            cell: ({ service, reason, count }) => (
              <PageLink to={failedExistsHref(service, reason)} class="count">
                {count.toLocaleString('en')}
              </PageLink>
            ),
          },
          {
            title: 'Reason',
            wide: true,
            cell: ({ service, reason }) =>
              `${reason === '' ? 'without a reason' : reason}${service === 'nova' ? '' : ` (${service})`}`,
          },
          {
            title: 'Contradicted',
            numeric: true,
            cell: ({ service, contradicted }) =>
              contradicted === 0 ? (
                <span class="none">0</span>
              ) : (
                <PageLink to={contradictedHref(service)} class="count">
                  {contradicted.toLocaleString('en')}
                </PageLink>
              ),
          },
        ]}
        rows={reasons}
        empty={`No exists of the last ${days} days failed verification.`}
      />
      {reasons.length === 0 ? null : (
        <Note>
          {isPartial ? 'Only the latest exists are counted, not all. ' : ''}
          By the end of their audit period. Contradicted: published as verified, and failed later.
        </Note>
      )}
    </Section>
  )
}

/** The reasons of messages that ingest could not store. */
export function RejectedMessages({
  rejected,
  isPartial,
}: {
  /** Null: the database role may not read them. */
  rejected: readonly RejectedReason[] | null
  isPartial: boolean
}) {
  const { now } = useView()
  if (rejected === null) {
    return (
      <Section id="rejected" title="Rejected messages">
        <Empty>
          The database role of the api may not read them: run <code>npm run migrate</code>.
        </Empty>
      </Section>
    )
  }
  return (
    <Section id="rejected" title="Rejected messages">
      <DataTable
        caption="Rejected messages by reason"
        hideCaption
        columns={[
          {
            title: 'Rejected',
            numeric: true,
            cell: ({ count }) => (
              <PageLink to={REJECTED_HREF} class="count">
                {count.toLocaleString('en')}
              </PageLink>
            ),
          },
          { title: 'Reason', wide: true, cell: ({ reason }) => reason },
          { title: 'Last', numeric: true, cell: ({ last }) => <DurationText of={Math.max(0, now - last)} /> },
        ]}
        rows={rejected}
        empty="No message was rejected."
      />
      {isPartial ? <Note>Only the latest messages are counted, not all.</Note> : null}
    </Section>
  )
}

/** What is not folded yet. */
export function Backlog({ backlog: { rows, oldest } }: { backlog: BacklogState }) {
  const { now } = useView()
  const kinds = [
    { kind: 'instances', count: rows.instance },
    { kind: 'images', count: rows.image },
    { kind: 'requests', count: rows.request },
  ]
  return (
    <Section id="backlog" title="Backlog">
      <DataTable
        caption="Backlog by kind"
        hideCaption
        columns={[
          {
            title: 'Waiting',
            numeric: true,
            cell: ({ count }) => (
              <PageLink to={BACKLOG_HREF} class="count">
                {count.toLocaleString('en')}
              </PageLink>
            ),
          },
          { title: 'Kind', wide: true, cell: ({ kind }) => kind },
        ]}
        rows={kinds.filter(({ count }) => count > 0)}
        empty="Nothing waits: everything that is stored is folded."
      />
      {oldest === null ? null : (
        <Note>{`Stored and not folded yet; the oldest is from ${shortDuration(Math.max(0, now - oldest))} ago.`}</Note>
      )}
    </Section>
  )
}
