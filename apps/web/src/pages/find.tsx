import { type Meaning, recognize } from '@stacktach/db'
import { z } from 'zod'
import { DataTable } from '../components/DataTable.tsx'
import { Empty } from '../components/Empty.tsx'
import { PageHead } from '../components/PageHead.tsx'
import { PageLink } from '../components/PageLink.tsx'
import { definePage, Redirect } from '../page/definePage.ts'
import { instanceHref, notificationHref, requestHref, searchHref, usageHref } from '../view/links.ts'
import { withTimes } from '../view/pageHref.ts'

const MAX_TEXT = 500

/** Where a text leads: to its only meaning, or to a list of them. */
export const findPage = definePage({
  path: '/find',
  params: z.object({ q: z.string().optional() }),
  access: 'tenant',
  async load({ db, tenants, url }, { q = '' }) {
    const text = q.trim().slice(0, MAX_TEXT)
    const meanings = text === '' ? [] : await recognize(db, text, tenants)
    const [only] = meanings
    if (only !== undefined && meanings.length === 1) return new Redirect(withTimes(url, hrefOf(only)))
    return { text, meanings, isLimited: tenants !== null }
  },
  title: ({ text }) => (text === '' ? 'Find' : `Find ${text}`),
  view: ({ text, meanings, isLimited }) => (
    <>
      <PageHead kind="Find" title={text === '' ? 'What are you looking for?' : text} />
      {meanings.length === 0 ? (
        <Empty>
          {text === '' ? 'Enter ' : 'Nothing stored has this name. Enter '}
          {isLimited
            ? 'the id of an instance or of a request.'
            : 'the whole id of an instance, image, request, message or tenant, or a part of the name of a host or event.'}
          {text === '' || isLimited ? null : (
            <>
              {' '}
              <PageLink to={searchHref({})}>Search by other fields</PageLink>
            </>
          )}
        </Empty>
      ) : (
        <DataTable
          caption={`${meanings.length} meanings`}
          rows={meanings}
          empty=""
          columns={[
            { title: 'Kind', cell: kindOf },
            {
              title: 'Name',
              wide: true,
              cell: (meaning) => <PageLink to={hrefOf(meaning)}>{nameOf(meaning)}</PageLink>,
            },
          ]}
        />
      )}
    </>
  ),
})

function kindOf(meaning: Meaning): string {
  return meaning.kind === 'event' || meaning.kind === 'notification'
    ? `${meaning.kind} of ${meaning.service}`
    : meaning.kind
}

function nameOf(meaning: Meaning): string {
  switch (meaning.kind) {
    case 'instance':
      return meaning.displayName === null ? meaning.id : `${meaning.id} ${meaning.displayName}`
    case 'host':
    case 'event':
      return meaning.name
    case 'notification':
      return `${meaning.event} ${meaning.id}`
    default:
      return meaning.id
  }
}

function hrefOf(meaning: Meaning): string {
  switch (meaning.kind) {
    case 'instance':
      return instanceHref(meaning.id)
    case 'request':
      return requestHref(meaning.id)
    case 'notification':
      return notificationHref(meaning.service, meaning.id)
    case 'tenant':
      return usageHref(meaning.id)
    case 'image':
      return searchHref({ service: 'glance', image: meaning.id })
    case 'host':
      return searchHref({ host: meaning.name })
    case 'event':
      return searchHref({ service: meaning.service, event: meaning.name })
  }
}
