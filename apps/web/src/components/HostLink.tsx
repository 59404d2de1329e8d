import { searchHref } from '../view/links.ts'
import { HostName } from './HostName.tsx'
import { PageLink } from './PageLink.tsx'

/** A host as a link to its notifications; null is shown as a dash. */
export function HostLink({ host }: { host: string | null }) {
  if (host === null) return <span class="none">–</span>
  return (
    <PageLink to={searchHref({ host })} class="quiet-link">
      <HostName host={host} />
    </PageLink>
  )
}
