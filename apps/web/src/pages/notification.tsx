import { type Neighbours, neighboursOf, notificationById } from '@stacktach/db'
import { parseJson, type Service } from '@stacktach/domain'
import { HttpError, id, service } from '@stacktach/http'
import { z } from 'zod'
import { Badge } from '../components/Badge.tsx'
import { CopyButton, Id } from '../components/Id.tsx'
import { KeyValue } from '../components/KeyValue.tsx'
import { PageHead } from '../components/PageHead.tsx'
import { PageLink } from '../components/PageLink.tsx'
import { Section } from '../components/Section.tsx'
import { Time } from '../components/Time.tsx'
import { JsonTree } from '../json/JsonTree.tsx'
import { definePage } from '../page/definePage.ts'
import { shortDuration } from '../view/durations.ts'
import { instanceHref, notificationHref, requestHref, searchHref } from '../view/links.ts'
import { OriginContext } from '../view/view.ts'

/** One notification. */
export const notificationPage = definePage({
  path: '/notifications/:service/:id',
  params: z.object({ service, id }),
  access: 'all',
  async load({ db }, { service, id }) {
    const notification = await notificationById(db, service, id)
    if (notification === null) throw new HttpError(404, `There is no ${service} notification ${id}`)
    const { subject, when } = notification
    const neighbours =
      subject === null
        ? { before: null, after: null }
        : await neighboursOf(db, { service, subject, when, id: notification.id })
    return { service, notification, neighbours }
  },
  title: ({ notification }) => `${notification.event} ${notification.id}`,
  view: ({ service, notification, neighbours }) => {
    const { event, when, routingKey, host, instance, requestId, subject, json } = notification
    const body = bodyOf(json)
    return (
      <OriginContext.Provider value={neighbours.before?.when ?? when}>
        <PageHead kind={`Notification ${notification.id} of ${service}`} title={event}>
          {routingKey.endsWith('error') ? <Badge tone="bad">error</Badge> : null}
        </PageHead>
        <KeyValue
          entries={[
            ['Time', <Time key="when" at={when} />],
            [
              'Instance',
              instance === null ? null : (
                <Id key="instance" to={instanceHref(instance)} copy>
                  {instance}
                </Id>
              ),
            ],
            [
              'Image',
              service !== 'glance' || subject === null ? null : (
                <Id key="image" to={searchHref({ service, image: subject })} copy>
                  {subject}
                </Id>
              ),
            ],
            [
              'Request',
              requestId === '' ? null : (
                <Id key="request" to={requestHref(requestId)} copy>
                  {requestId}
                </Id>
              ),
            ],
            ['Host', host === null ? null : <PageLink to={searchHref({ service, host })}>{host}</PageLink>],
            ['State', changeOf(notification.oldState, notification.state)],
            ['Task before', notification.oldTask || null],
            ['Status', notification.status],
            ['Component', notification.service],
            ['Deployment', notification.deployment],
            ['Publisher', notification.publisher],
            ['Routing key', routingKey],
          ]}
        />
        <NeighbourLinks service={service} when={when} neighbours={neighbours} />
        <Section
          id="json"
          title="Content"
          aside={
            <CopyButton text={json} label="Copy all of the notification">
              Copy all
            </CopyButton>
          }
        >
          {body === null ? null : <JsonTree value={body} />}
          <details class="source" open={body === null}>
            <summary>Text as stored</summary>
            <pre>{json}</pre>
          </details>
        </Section>
      </OriginContext.Provider>
    )
  },
})

/** The notification of `[routing_key, notification]`. */
function bodyOf(json: string): unknown {
  const stored = parseJson(json)
  return Array.isArray(stored) ? (stored[1] ?? null) : null
}

function changeOf(before: string | null, after: string | null): string | null {
  if (!after) return null
  return before && before !== after ? `${before} → ${after}` : after
}

interface NeighbourProps {
  service: Service
  when: number
  neighbours: Neighbours
}

function NeighbourLinks({ service, when, neighbours: { before, after } }: NeighbourProps) {
  if (before === null && after === null) return null
  const of = service === 'glance' ? 'image' : 'instance'
  return (
    <nav class="neighbours" aria-label={`Notifications of the same ${of}`}>
      {before === null ? (
        <span class="muted">{`The first of its ${of}`}</span>
      ) : (
        <PageLink to={notificationHref(service, before.id)} rel="prev">
          {`← ${before.event}`}
          <span class="muted">{` ${shortDuration(when - before.when)} before`}</span>
        </PageLink>
      )}
      {after === null ? (
        <span class="muted">{`The last of its ${of}`}</span>
      ) : (
        <PageLink to={notificationHref(service, after.id)} rel="next">
          {`${after.event} →`}
          <span class="muted">{` ${shortDuration(after.when - when)} after`}</span>
        </PageLink>
      )}
    </nav>
  )
}
