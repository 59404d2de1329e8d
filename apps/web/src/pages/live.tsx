import { type Arrival, formatPosition, LATEST_SEARCHED_ROWS, latestArrivals, listDeployments } from '@stacktach/db'
import { services } from '@stacktach/domain'
import { textParameter } from '@stacktach/http'
import { z } from 'zod'
import { Badge } from '../components/Badge.tsx'
import { Id } from '../components/Id.tsx'
import { PageHead } from '../components/PageHead.tsx'
import { PageLink } from '../components/PageLink.tsx'
import { Time } from '../components/Time.tsx'
import { definePage } from '../page/definePage.ts'
import { instanceHref, notificationHref, requestHref, searchHref, withQuery } from '../view/links.ts'
import { sameHref } from '../view/pageHref.ts'
import { useView } from '../view/view.ts'

/** Number of notifications that the server lists; the script keeps more. */
const LISTED_ROWS = 50

const params = z.object({
  service: z.enum(services, { error: `service must be one of ${services.join(', ')}` }).optional(),
  deployment: textParameter.optional(),
  event: textParameter.optional(),
  instance: textParameter.optional(),
  errors: z
    .enum(['0', '1'], { error: 'errors must be 1 or 0' })
    .transform((value) => value === '1')
    .default(false),
})

type Filter = z.output<typeof params>

/** Notifications as they arrive. Without the script it lists the latest ones. */
export const livePage = definePage({
  path: '/live',
  params,
  access: 'all',
  navigation: 'Live',
  scripts: ['live.js'],
  styles: ['live.css'],
  async load({ db }, filter) {
    const [{ arrivals, position }, deployments] = await Promise.all([
      latestArrivals(db, filter, LISTED_ROWS),
      listDeployments(db),
    ])
    return { filter, arrivals, after: formatPosition(position), deployments: deployments.map(({ name }) => name) }
  },
  title: () => 'Live',
  view: ({ filter, arrivals, after, deployments }) => (
    <>
      <PageHead title="Live notifications" />
      <FilterForm filter={filter} deployments={deployments} />
      <LiveList filter={filter} arrivals={arrivals} after={after} />
    </>
  ),
})

function FilterForm({ filter, deployments }: { filter: Filter; deployments: readonly string[] }) {
  const { times } = useView()
  return (
    <form class="live-filter" method="get" action="/live">
      <label>
        Service
        <select name="service">
          <Choices names={services} selected={filter.service} />
        </select>
      </label>
      <label>
        Deployment
        <select name="deployment">
          <Choices names={deployments} selected={filter.deployment} />
        </select>
      </label>
      <label>
        Event
        <input name="event" value={filter.event} maxLength={255} autocomplete="off" spellcheck={false} />
      </label>
      <label>
        Instance
        <input name="instance" value={filter.instance} maxLength={255} autocomplete="off" spellcheck={false} />
      </label>
      <label class="check">
        <input type="checkbox" name="errors" value="1" checked={filter.errors} />
        Errors only
      </label>
      {times === 'utc' ? null : <input type="hidden" name="times" value={times} />}
      <button type="submit">Apply</button>
    </form>
  )
}

/** An empty choice, which selects all, and the names. A selected name that is not among them is added. */
function Choices({ names, selected }: { names: readonly string[]; selected: string | undefined }) {
  const all = selected === undefined || names.includes(selected) ? names : [...names, selected]
  return (
    <>
      <option value="" selected={selected === undefined}>
        all
      </option>
      {all.map((name) => (
        <option key={name} value={name} selected={name === selected}>
          {name}
        </option>
      ))}
    </>
  )
}

interface ListProps {
  filter: Filter
  arrivals: readonly Arrival[]
  after: string
}

function LiveList({ filter, arrivals, after }: ListProps) {
  const { url } = useView()
  const { errors, ...texts } = filter
  const stream = withQuery('/v1/live', { ...texts, errors: errors ? '1' : undefined })
  return (
    <div class="live" data-live={stream} data-live-after={after}>
      <div class="live-head">
        <p class="live-state" role="status" data-live-state>
          The latest notifications when the page was loaded.
        </p>
        <PageLink to={sameHref(url, {})}>Reload</PageLink>
        <button type="button" data-live-pause aria-pressed="false" hidden>
          Pause
        </button>
        <button type="button" class="primary" data-live-held hidden />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section class="table" aria-label="Latest notifications" tabIndex={0} data-live-list>
        <table>
          <caption class="visually-hidden">Latest notifications, in the order in which they were stored</caption>
          <thead>
            <tr>
              {['Event', 'Time', 'Service', 'Deployment', 'Host', 'State', 'Instance', 'Request'].map((title) => (
                <th key={title} scope="col">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody data-live-rows>
            {arrivals.map((arrival) => (
              <LiveRow key={formatPosition(arrival.position)} {...arrival} />
            ))}
          </tbody>
        </table>
      </section>
      <p class="muted">
        {`The matching ones among the latest ${LATEST_SEARCHED_ROWS.toLocaleString('en')} notifications of each service. `}
        <PageLink to={searchHref({ ...texts, errors: errors ? '1' : undefined })}>Search all</PageLink>
      </p>
      <template data-live-template>
        <LiveRow {...blank} />
      </template>
    </div>
  )
}

/** The row from which the script makes new ones: it has every element that a row can have. */
const blank: Arrival = {
  position: { transaction: 0, service: 'nova', id: 0 },
  service: 'nova',
  notification: {
    id: 0,
    when: 0,
    routingKey: 'error',
    deployment: '',
    event: '',
    host: '-',
    state: '',
    oldState: null,
    oldTask: null,
    status: null,
    instance: '-',
    requestId: '-',
    subject: null,
  },
}

/** The script fills the elements with `data-field`, and removes those without a value. */
function LiveRow({ service, notification }: Arrival) {
  const { id, when, event, routingKey, deployment, host, state, status, instance, requestId } = notification
  return (
    <tr data-row>
      <td>
        <span data-field="event">
          <PageLink to={notificationHref(service, id)}>{event}</PageLink>
        </span>
        {routingKey.endsWith('error') ? (
          <span data-field="error">
            {' '}
            <Badge tone="bad">error</Badge>
          </span>
        ) : null}
      </td>
      <td data-field="when">
        <Time at={when} />
      </td>
      <td data-field="service">{service}</td>
      <td data-field="deployment">{deployment}</td>
      <td data-field="host">{host === null ? '–' : <PageLink to={searchHref({ host })}>{host}</PageLink>}</td>
      <td data-field="state">{state ?? status}</td>
      <td data-field="instance">{instance === null ? '–' : <Id to={instanceHref(instance)}>{instance}</Id>}</td>
      <td data-field="request">{requestId === '' ? '–' : <Id to={requestHref(requestId)}>{requestId}</Id>}</td>
    </tr>
  )
}
