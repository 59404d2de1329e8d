import { searchHref } from '../view/links.ts'
import { Id } from './Id.tsx'
import { PageLink } from './PageLink.tsx'

interface CutProps {
  children: string | null
  /** The link to more of it. */
  to: (id: string) => string
  /** Whether more of it is shown. */
  isLong?: boolean
}

/**
 * An id of which a narrow column shows the beginning. The text is complete, so that it can be copied and found in the page.
 * Null and an empty one are shown as a dash.
 */
export function CutId({ children: id, to, isLong = false }: CutProps) {
  if (id === null || id === '') return <span class="none">–</span>
  return (
    <span class={isLong ? 'cut long' : 'cut'} title={id}>
      <Id to={to(id)}>{id}</Id>
    </span>
  )
}

/** A host; of a long name a narrow column shows the beginning. */
export function Host({ name }: { name: string | null }) {
  if (name === null) return <span class="none">–</span>
  return (
    <PageLink to={searchHref({ host: name })} class="quiet-link cut host" title={name}>
      {name}
    </PageLink>
  )
}
