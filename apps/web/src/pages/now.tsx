import {
  backlogState,
  countOpenOperations,
  countStuck,
  type Database,
  deploymentActivity,
  type FailureKey,
  failedExists,
  failureGroups,
  failuresByHour,
  openOperations,
  rejectedReasons,
} from '@stacktach/db'
import { DAY, type Instant } from '@stacktach/domain'
import { z } from 'zod'
import { HourChart } from '../components/HourChart.tsx'
import { PageHead } from '../components/PageHead.tsx'
import { PageLink } from '../components/PageLink.tsx'
import { Section } from '../components/Section.tsx'
import { Stats } from '../components/Stats.tsx'
import { Time } from '../components/Time.tsx'
import { FailureGroups } from '../failures/FailureGroups.tsx'
import { failuresOfPeriodHref } from '../failures/filters.ts'
import { OPEN_HREF } from '../now/hrefs.ts'
import { Backlog, Deployments, FailedExistsReasons, RejectedMessages } from '../now/Panels.tsx'
import { summaryOf } from '../now/summary.ts'
import { OpenOperationsTable } from '../openOperations/OpenOperationsTable.tsx'
import { ThresholdNote } from '../openOperations/ThresholdNote.tsx'
import { definePage } from '../page/definePage.ts'
import { everyHour } from '../view/hours.ts'
import { failuresHref, withQuery } from '../view/links.ts'

const OPERATIONS = 10
const GROUPS = 10
const EXISTS_DAYS = 7
const MOST_EXISTS = 20_000
const MOST_REJECTED = 1_000

const GROUPED_BY: readonly FailureKey[] = ['event', 'error', 'host', 'flavor']

/** The start page: what needs someone's attention now. */
export const nowPage = definePage({
  path: '/',
  navigation: 'Now',
  access: 'all',
  params: z.object({}),
  async load({ db, now }) {
    const period = { from: now - DAY, until: now }
    const [operations, open, stuck, hours, groups, deployments, exists, rejected, backlog] = await Promise.all([
      stuckAndOldest(db, now),
      countOpenOperations(db),
      countStuck(db, now),
      failuresByHour(db, { period }),
      failureGroups(db, { period, by: GROUPED_BY, withAttempts: false, limit: GROUPS + 1 }),
      deploymentActivity(db),
      failedExists(db, now - EXISTS_DAYS * DAY, MOST_EXISTS),
      rejectedReasons(db, MOST_REJECTED),
      backlogState(db.pool),
    ])
    return {
      now,
      period,
      operations,
      open: open.reduce((sum, { open }) => sum + open, 0),
      stuck: stuck.reduce((sum, { stuck }) => sum + stuck, 0),
      counts: everyHour(period, hours),
      groups,
      deployments,
      exists,
      rejected,
      backlog,
    }
  },
  title: () => 'What is wrong now',
  view: (data) => {
    const { now, period, operations, open, stuck, counts, groups, deployments, exists, rejected, backlog } = data
    const failures = counts.reduce((sum, { count }) => sum + count, 0)
    return (
      <>
        <PageHead title="What is wrong now">
          <span class="muted">
            as of <Time at={now} around={false} />
          </span>
        </PageHead>
        <Stats
          label="Summary"
          stats={summaryOf({ ...data, failures, days: EXISTS_DAYS, mostRejected: MOST_REJECTED })}
        />
        <Section
          id="operations"
          title={stuck === 0 ? 'Open operations' : 'Stuck operations'}
          aside={
            <>
              <PageLink to={OPEN_HREF}>{`all ${stuck.toLocaleString('en')} stuck`}</PageLink>
              {' · '}
              <PageLink to={withQuery(OPEN_HREF, { show: 'all' })}>{`all ${open.toLocaleString('en')} open`}</PageLink>
            </>
          }
        >
          {stuck === 0 && open > 0 ? <p class="all-clear">No operation is stuck. The oldest open ones:</p> : null}
          <OpenOperationsTable
            operations={operations}
            isComplete={false}
            empty="No operation is stuck, and none is open."
          />
          {operations.length < open ? (
            <p class="rest muted">{`${operations.length} of ${open.toLocaleString('en')} open operations are shown.`}</p>
          ) : null}
          <ThresholdNote />
        </Section>
        <Section
          id="failures"
          title="Failures of the last 24 hours"
          aside={<PageLink to={failuresHref({ period: '24h' })}>{`all ${failures.toLocaleString('en')}`}</PageLink>}
        >
          <HourChart
            of="failed attempts"
            period={period}
            counts={counts}
            hrefOf={(step) => failuresOfPeriodHref(step)}
          />
          <div class="below-chart">
            <FailureGroups
              groups={groups.slice(0, GROUPS)}
              by={GROUPED_BY}
              hrefOf={(filters) => failuresHref({ ...filters, period: '24h' })}
              isComplete={false}
              empty="No attempt of an operation failed."
            />
          </div>
          {groups.length > GROUPS ? (
            <p class="rest">
              {`The ${GROUPS} largest groups are shown. `}
              <PageLink to={`${failuresHref({ period: '24h', by: GROUPED_BY.join(',') })}#groups`}>
                Show the others
              </PageLink>
            </p>
          ) : null}
        </Section>
        <div class="panels">
          <Deployments deployments={deployments} />
          <FailedExistsReasons exists={exists} days={EXISTS_DAYS} />
          <RejectedMessages rejected={rejected} isPartial={countOf(rejected ?? []) >= MOST_REJECTED} />
          <Backlog backlog={backlog} />
        </div>
      </>
    )
  },
})

/** The stuck operations, oldest first, and then the oldest other ones, together at most ten. */
async function stuckAndOldest(db: Database, now: Instant) {
  const stuck = await openOperations(db, { now, stuckOnly: true, limit: OPERATIONS })
  if (stuck.length === OPERATIONS) return stuck
  // Fewer than ten are stuck, so twice as many include all that are needed.
  const oldest = await openOperations(db, { now, stuckOnly: false, limit: 2 * OPERATIONS })
  return [...stuck, ...oldest.filter(({ stuck }) => !stuck)].slice(0, OPERATIONS)
}

function countOf(rows: readonly { count: number }[]): number {
  return rows.reduce((sum, { count }) => sum + count, 0)
}
