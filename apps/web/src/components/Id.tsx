import { PageLink } from './PageLink.tsx'

interface Props {
  children: string
  /** Where more of it is. */
  to?: string | undefined
  /** Adds a button that copies the id; it needs the script. */
  copy?: boolean
  /** Shows the beginning only; a selection still copies the whole id. */
  short?: boolean
}

/** An id, name or host as one word: monospace, selected as a whole, and never broken. */
export function Id({ children, to, copy = false, short = false }: Props) {
  const text = (
    <code class={short ? 'id short' : 'id'} title={short ? children : undefined}>
      {children}
    </code>
  )
  return (
    <>
      {to === undefined ? text : <PageLink to={to}>{text}</PageLink>}
      {copy ? <CopyButton text={children} label={`Copy ${children}`} /> : null}
    </>
  )
}

/** Copies a text. The script shows it, because without the script it can do nothing. */
export function CopyButton({ text, label, children = 'Copy' }: { text: string; label: string; children?: string }) {
  return (
    <button type="button" class="copy" data-copy={text} aria-label={label} hidden>
      {children}
    </button>
  )
}
