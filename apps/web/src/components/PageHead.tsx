import type { ComponentChildren } from 'preact'

interface Props {
  /** Kind of thing that the page is about, e.g. `instance`. */
  kind?: string
  title: ComponentChildren
  /** Beside the heading: a badge, a button, a link. */
  children?: ComponentChildren
}

/** The heading of a page. Each page has exactly one. */
export function PageHead({ kind, title, children }: Props) {
  return (
    <div class="page-head">
      {kind === undefined ? null : <p class="kind">{kind}</p>}
      <h1>{title}</h1>
      {children === undefined ? null : <div class="aside">{children}</div>}
    </div>
  )
}
