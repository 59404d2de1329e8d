import { sameHref } from '../view/pageHref.ts'
import { useView } from '../view/view.ts'
import { PageLink } from './PageLink.tsx'

interface Props {
  /** What is paged, e.g. `notifications`. */
  of: string
  /** The cursor of the next page; null at the end. */
  next: string | null
  /** Name of the parameter with the cursor. */
  parameter?: string
  /** Whether the parameter is set, so that there is a first page to return to. */
  isFirst: boolean
  /** Labels, where the order is not newest first. */
  nextLabel?: string
  firstLabel?: string
}

/** Links to the next and the first page of a list in keyset pages. The browser's history leads to the previous one. */
export function Pager({ of, next, parameter = 'before', isFirst, nextLabel = 'Older', firstLabel = 'Newest' }: Props) {
  const { url } = useView()
  if (next === null && isFirst) return null
  return (
    <nav class="pager" aria-label={`Pages of ${of}`}>
      {isFirst ? null : <PageLink to={sameHref(url, { [parameter]: undefined })}>{`⇤ ${firstLabel}`}</PageLink>}
      {next === null ? (
        <span class="muted">{`No more ${of}`}</span>
      ) : (
        <PageLink to={sameHref(url, { [parameter]: next })} rel="next">{`${nextLabel} →`}</PageLink>
      )}
    </nav>
  )
}
