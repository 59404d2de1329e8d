import { notificationsOfWholeRequest, operationsOfRequest } from '@stacktach/db'
import { HttpError } from '@stacktach/http'
import { z } from 'zod'
import { DurationText } from '../components/DurationText.tsx'
import { CopyButton, Id } from '../components/Id.tsx'
import { KeyValue } from '../components/KeyValue.tsx'
import { PageHead } from '../components/PageHead.tsx'
import { PageLink } from '../components/PageLink.tsx'
import { Section } from '../components/Section.tsx'
import { Time } from '../components/Time.tsx'
import { NoiseSwitch } from '../lists/NoiseSwitch.tsx'
import { NotificationTable } from '../lists/NotificationTable.tsx'
import { OperationTable } from '../lists/OperationTable.tsx'
import { definePage } from '../page/definePage.ts'
import { instanceHref, searchHref, usageHref } from '../view/links.ts'
import { OriginContext } from '../view/view.ts'
import { WaterfallView } from '../waterfall/WaterfallView.tsx'
import { withoutNoise } from '../waterfall/waterfall.ts'

const MAX_NOTIFICATIONS = 500
const MAX_OPERATIONS = 100

/** One request across services, hosts and instances. */
export const requestPage = definePage({
  path: '/requests/:id',
  params: z.object({
    id: z.string(),
    /** 1: also the notifications that are noise. */
    noise: z.string().optional(),
  }),
  access: 'tenant',
  async load({ db, tenants, url }, { id: requestId, noise }) {
    const [notifications, operations] = await Promise.all([
      notificationsOfWholeRequest(db, { requestId, tenants, limit: MAX_NOTIFICATIONS + 1 }),
      operationsOfRequest(db, { requestId, tenants, limit: MAX_OPERATIONS }),
    ])
    if (notifications.length === 0 && operations.length === 0)
      throw new HttpError(404, `There is no request ${requestId}`)
    return {
      requestId,
      url,
      withNoise: noise === '1',
      operations,
      notifications: notifications.slice(0, MAX_NOTIFICATIONS),
      isCut: notifications.length > MAX_NOTIFICATIONS,
    }
  },
  title: ({ requestId }) => `Request ${requestId}`,
  view: ({ requestId, url, withNoise, operations, notifications, isCut }) => {
    const shown = withNoise ? notifications : withoutNoise(notifications)
    const hidden = notifications.length - withoutNoise(notifications).length
    const first = notifications[0]?.when ?? operations[0]?.when ?? null
    const last = notifications.at(-1)?.when ?? operations.at(-1)?.end ?? null
    const instances = distinct(notifications.map(({ instance }) => instance))
    const tenants = distinct(notifications.map(({ tenant }) => tenant))
    const hosts = distinct(notifications.map(({ host }) => host))
    return (
      <OriginContext.Provider value={first}>
        <PageHead kind="Request" title={<Id>{requestId}</Id>}>
          <CopyButton text={requestId} label={`Copy ${requestId}`} />
        </PageHead>
        <KeyValue
          entries={[
            ['First notification', <Time key="first" at={first} />],
            ['Last notification', <Time key="last" at={last} />],
            ['Duration', first === null || last === null ? null : <DurationText of={last - first} />],
            ['Tenant', tenants.length === 0 ? null : <Links values={tenants} hrefOf={usageHref} />],
            ['Instances', instances.length === 0 ? null : <Links values={instances} hrefOf={instanceHref} />],
            ['Hosts', hosts.length === 0 ? null : <Links values={hosts} hrefOf={(host) => searchHref({ host })} />],
          ]}
        />
        <Section
          id="waterfall"
          title="Waterfall"
          aside={hidden === 0 ? undefined : <NoiseSwitch count={hidden} withNoise={withNoise} url={url} />}
        >
          <WaterfallView notifications={shown} />
        </Section>
        <Section id="operations" title="Operations">
          <OperationTable
            caption="Operations of the request"
            rows={operations}
            empty="The request did not operate on an instance."
            showsInstance
            showsRequest={false}
          />
        </Section>
        <Section
          id="notifications"
          title="Notifications"
          aside={
            isCut ? (
              <>
                {`The first ${MAX_NOTIFICATIONS}. `}
                <PageLink to={searchHref({ request: requestId })}>All of them</PageLink>
              </>
            ) : (
              `${shown.length}, oldest first`
            )
          }
        >
          <NotificationTable
            caption="Notifications of the request, oldest first"
            rows={shown}
            empty="The notifications of this request are no longer stored."
            shows={['instance', 'deployment']}
          />
        </Section>
      </OriginContext.Provider>
    )
  },
})

function distinct(values: readonly (string | null)[]): string[] {
  return [...new Set(values.filter((value) => value !== null))]
}

/** More values than this are counted only; the table below has all. */
const MAX_LINKS = 8

function Links({ values, hrefOf }: { values: readonly string[]; hrefOf: (value: string) => string }) {
  return (
    <ul class="values">
      {values.slice(0, MAX_LINKS).map((value) => (
        <li key={value}>
          <Id to={hrefOf(value)}>{value}</Id>
        </li>
      ))}
      {values.length > MAX_LINKS ? <li class="muted">{`and ${values.length - MAX_LINKS} more`}</li> : null}
    </ul>
  )
}
