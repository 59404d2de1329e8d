import { eventNames, findNotifications, listDeployments, notificationHistogram } from '@stacktach/db'
import { services } from '@stacktach/domain'
import { ActiveFilters } from '../components/ActiveFilters.tsx'
import { Note } from '../components/Note.tsx'
import { PageHead } from '../components/PageHead.tsx'
import { PageLink } from '../components/PageLink.tsx'
import { Pager } from '../components/Pager.tsx'
import { Time } from '../components/Time.tsx'
import { definePage } from '../page/definePage.ts'
import { typedText } from '../page/listParameters.ts'
import { FoundNotifications } from '../search/FoundNotifications.tsx'
import { chartPeriod, placeText, searchParameters, searchPlace, toFilter } from '../search/filters.ts'
import { HistogramView } from '../search/HistogramView.tsx'
import { BAR_STEPS, histogramBars, MAX_BARS, stepText } from '../search/histogram.ts'
import { SearchForm } from '../search/SearchForm.tsx'
import { isoInstant } from '../view/links.ts'
import { sameHref } from '../view/pageHref.ts'

const ROWS = 100

/** Notifications of each service that the chart counts at most. */
const CHART_LIMIT = 20_000

/** More names of events are not offered. */
const MAX_EVENTS = 500

/** All notifications that meet some filters. */
export const searchPage = definePage({
  path: '/search',
  navigation: 'Search',
  access: 'all',
  params: searchParameters,
  async load({ db, now, url }, parameters) {
    const filter = toFilter(parameters)
    const [rows, chart, deployments, events] = await Promise.all([
      findNotifications(db, { ...filter, after: searchPlace(parameters.before), limit: ROWS + 1 }),
      readChart(db, filter, chartPeriod(parameters, now)),
      listDeployments(db),
      eventNames(db, filter.service === undefined ? services : [filter.service]),
    ])
    const shown = rows.slice(0, ROWS)
    const last = shown.at(-1)
    return {
      url,
      parameters,
      rows: shown,
      next: rows.length > ROWS && last !== undefined ? placeText(last) : null,
      chart,
      deployments: deployments.map(({ name }) => name),
      events: events.slice(0, MAX_EVENTS),
    }
  },
  title: () => 'Search',
  view: ({ url, parameters, rows, next, chart, deployments, events }) => (
    <>
      <PageHead title="Search" />
      <SearchForm filters={parameters} deployments={deployments} events={events} />
      <ActiveFilters
        filters={[
          ['service', 'Service', parameters.service],
          ['deployment', 'Deployment', parameters.deployment],
          ['event', 'Event', parameters.event],
          ['host', 'Host', parameters.host],
          ['tenant', 'Tenant', parameters.tenant],
          ['instance', 'Instance', parameters.instance],
          ['image', 'Image', parameters.image],
          ['request', 'Request', parameters.request],
          ['errors', 'Only', parameters.errors === undefined ? undefined : 'errors'],
          ['from', 'From', parameters.from === undefined ? undefined : typedText(parameters.from)],
          ['until', 'Until', parameters.until === undefined ? undefined : typedText(parameters.until)],
        ]}
      />
      <HistogramView
        bars={chart.bars}
        step={stepText(chart.step)}
        hrefOf={(from, until) => sameHref(url, { from, until, before: undefined })}
      />
      {chart.isPartial ? (
        <Note>
          {'The chart counts only the newest matches, since '}
          <Time at={chart.period.from} around={false} />
          {'. '}
          <PageLink to={sameHref(url, { until: isoInstant(chart.period.from), before: undefined })}>
            Count those before
          </PageLink>
        </Note>
      ) : parameters.from === undefined && chart.total === 0 && rows.length > 0 ? (
        <Note>The notifications in the list are older than the time that the chart covers.</Note>
      ) : null}
      <section class="part" aria-label="Notifications">
        <FoundNotifications
          rows={rows}
          empty="No notification meets all filters. Remove a filter, or choose another time."
        />
        <Pager of="notifications" next={next} isFirst={parameters.before === undefined} />
      </section>
    </>
  ),
})

async function readChart(
  db: Parameters<typeof notificationHistogram>[0],
  filter: ReturnType<typeof toFilter>,
  period: ReturnType<typeof chartPeriod>,
) {
  const histogram = await notificationHistogram(
    db,
    { ...filter, period },
    { steps: BAR_STEPS, maxBars: MAX_BARS, limit: CHART_LIMIT },
  )
  const errors = filter.errors
    ? histogram
    : await notificationHistogram(
        db,
        { ...filter, errors: true, period: histogram.period },
        { steps: [histogram.step], maxBars: MAX_BARS, limit: CHART_LIMIT },
      )
  const bars = histogramBars(histogram, errors.counts)
  const total = bars.reduce((sum, { count }) => sum + count, 0)
  return { bars, total, step: histogram.step, isPartial: histogram.isPartial, period: histogram.period }
}
