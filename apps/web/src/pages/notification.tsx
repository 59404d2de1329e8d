import { notificationById } from '@stacktach/db'
import { HttpError, id, service } from '@stacktach/http'
import { z } from 'zod'
import { Id } from '../components/Id.tsx'
import { KeyValue } from '../components/KeyValue.tsx'
import { PageHead } from '../components/PageHead.tsx'
import { Section } from '../components/Section.tsx'
import { Time } from '../components/Time.tsx'
import { definePage } from '../page/definePage.ts'
import { instanceHref, requestHref, searchHref } from '../view/links.ts'

/** One notification. */
export const notificationPage = definePage({
  path: '/notifications/:service/:id',
  params: z.object({ service, id }),
  access: 'all',
  async load({ db }, { service, id }) {
    const notification = await notificationById(db, service, id)
    if (notification === null) throw new HttpError(404, `There is no ${service} notification ${id}`)
    return { service, notification }
  },
  title: ({ notification }) => `${notification.event} ${notification.id}`,
  view: ({ service, notification }) => (
    <>
      <PageHead kind={`${service} notification`} title={notification.event} />
      <KeyValue
        entries={[
          ['When', <Time key="when" at={notification.when} />],
          ['Deployment', notification.deployment],
          ['Routing key', notification.routingKey],
          ['Publisher', notification.publisher],
          [
            'Host',
            notification.host === null ? null : (
              <Id to={searchHref({ host: notification.host })}>{notification.host}</Id>
            ),
          ],
          [
            'Instance',
            notification.instance === null ? null : (
              <Id to={instanceHref(notification.instance)} copy>
                {notification.instance}
              </Id>
            ),
          ],
          [
            'Request',
            notification.requestId === '' ? null : (
              <Id to={requestHref(notification.requestId)} copy>
                {notification.requestId}
              </Id>
            ),
          ],
        ]}
      />
      <Section id="json" title="Notification">
        <pre>{notification.json}</pre>
      </Section>
    </>
  ),
})
