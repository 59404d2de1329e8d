import { PageLink } from './PageLink.tsx'

/** Characters of a long id that are shown. */
const SHOWN = 8

/** The beginning of a long id, where several stand in a row; the whole one is in the title. Shorter ids are complete. */
export function ShortId({ children, to }: { children: string; to?: string | undefined }) {
  const prefix = /^req-/.exec(children)?.[0] ?? ''
  const isLong = children.length > prefix.length + SHOWN + 4
  const text = <code class="id">{isLong ? `${children.slice(0, prefix.length + SHOWN)}…` : children}</code>
  if (to === undefined) return <span title={children}>{text}</span>
  return (
    <PageLink to={to} title={children} label={children}>
      {text}
    </PageLink>
  )
}
