import { failureGroups, failureKeys, failuresByHour, listDeployments, listFailures } from '@stacktach/db'
import { z } from 'zod'
import { ActiveFilters } from '../components/ActiveFilters.tsx'
import { HourChart } from '../components/HourChart.tsx'
import { Note } from '../components/Note.tsx'
import { PageHead } from '../components/PageHead.tsx'
import { PageLink } from '../components/PageLink.tsx'
import { Pager } from '../components/Pager.tsx'
import { Section } from '../components/Section.tsx'
import { Switch } from '../components/Switch.tsx'
import { FailureGroups } from '../failures/FailureGroups.tsx'
import { FailureList } from '../failures/FailureList.tsx'
import { FailuresForm } from '../failures/FailuresForm.tsx'
import { filterParameters, groupedBy, keyTitles, toFailureFilter } from '../failures/filters.ts'
import { cutPage, timeCursor, timeCursorParameter } from '../page/cursors.ts'
import { definePage } from '../page/definePage.ts'
import {
  chosenPeriod,
  MAX_PERIOD_DAYS,
  periodParameters,
  recentPeriodNames,
  recentPeriods,
} from '../page/timeParameters.ts'
import { everyHour } from '../view/hours.ts'
import { isoInstant } from '../view/links.ts'
import { sameHref } from '../view/pageHref.ts'

const FEW_GROUPS = 25
const MANY_GROUPS = 1000
const ATTEMPTS = 50

/** What failed in a period: by hour, in groups, and each failed attempt. */
export const failuresPage = definePage({
  path: '/failures',
  navigation: 'Failures',
  access: 'all',
  params: z.object({
    ...periodParameters,
    ...filterParameters,
    by: groupedBy.default(['event', 'error']),
    groups: z.literal('all', { error: 'groups must be all' }).optional(),
    before: timeCursorParameter,
  }),
  async load({ db, now, url }, { period: recent, from, until, by, groups: shown, before, ...filters }) {
    const period = chosenPeriod({ period: recent, from, until }, now)
    const filter = toFailureFilter(filters, period)
    const limit = shown === 'all' ? MANY_GROUPS : FEW_GROUPS
    const [hours, groups, failures, deployments] = await Promise.all([
      failuresByHour(db, filter),
      failureGroups(db, { ...filter, by, limit: limit + 1 }),
      listFailures(db, { ...filter, before, limit: ATTEMPTS + 1 }),
      listDeployments(db),
    ])
    return {
      url,
      period,
      filters,
      by,
      counts: everyHour(period, hours),
      groups: groups.slice(0, limit),
      areAllGroups: groups.length <= limit,
      failures: cutPage(failures, ATTEMPTS, timeCursor),
      isFirst: before === undefined,
      deployments: deployments.map(({ name }) => name),
    }
  },
  title: () => 'Failures',
  view: ({ url, period, filters, by, counts, groups, areAllGroups, failures, isFirst, deployments }) => {
    const total = counts.reduce((sum, { count }) => sum + count, 0)
    const hrefOf = (changes: Readonly<Record<string, string | undefined>>) =>
      sameHref(url, { before: undefined, groups: undefined, ...changes })
    return (
      <>
        <PageHead title="Failures">
          <span class="muted">{`${total.toLocaleString('en')} failed attempts in this period`}</span>
        </PageHead>
        <div class="controls">
          <Switch
            label="Period"
            choices={recentPeriodNames.map((name) => ({
              label: recentPeriods[name].label,
              to: hrefOf({ period: name, from: undefined, until: undefined }),
              isChosen: period.recent === name,
            }))}
          />
          <FailuresForm period={period} filters={filters} by={by} deployments={deployments} />
        </div>
        <ActiveFilters
          filters={[
            ...failureKeys.map((key) => [key, keyTitles[key], filters[key]] as const),
            ['deployment', 'Deployment', filters.deployment],
          ]}
        />
        <HourChart
          of="failed attempts"
          period={period}
          counts={counts}
          hrefOf={({ from, until }) => hrefOf({ period: undefined, from: isoInstant(from), until: isoInstant(until) })}
        />
        <Section
          id="groups"
          title="Groups"
          aside={
            <Switch
              label="Group by"
              multiple
              choices={failureKeys.map((key) => {
                const keys = by.includes(key) ? by.filter((other) => other !== key) : [...by, key]
                return {
                  label: keyTitles[key],
                  to: hrefOf({ by: keys.length === 0 ? key : keys.join(',') }),
                  isChosen: by.includes(key),
                }
              })}
            />
          }
        >
          <FailureGroups
            groups={groups}
            by={by}
            hrefOf={hrefOf}
            isComplete
            empty="No attempt failed in this period with these filters."
          />
          {areAllGroups ? null : (
            <p class="rest">
              {`The ${groups.length.toLocaleString('en')} largest groups are shown, not all. `}
              {groups.length < MANY_GROUPS ? (
                <PageLink to={`${hrefOf({ groups: 'all' })}#groups`}>
                  {`Show up to ${MANY_GROUPS.toLocaleString('en')}`}
                </PageLink>
              ) : (
                'Filter, or choose a shorter period, to see the others.'
              )}
            </p>
          )}
          {groups.length === 0 ? null : (
            <Note>
              Share: failed attempts per operation that began in the period, with the same operation, host and flavor.
              It exceeds 100 % when operations were tried again. A period has at most {MAX_PERIOD_DAYS} days.
            </Note>
          )}
        </Section>
        <Section id="attempts" title="Failed attempts" aside={isFirst ? 'newest first' : 'continued'}>
          <FailureList failures={failures.rows} />
          <Pager of="failed attempts" next={failures.next} isFirst={isFirst} />
        </Section>
      </>
    )
  },
})
