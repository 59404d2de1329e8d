import type { ComponentChildren } from 'preact'
import { pageHref } from '../view/pageHref.ts'
import { useView } from '../view/view.ts'

interface Props {
  to: string
  class?: string | undefined
  title?: string | undefined
  rel?: string
  label?: string | undefined
  current?: boolean
  children: ComponentChildren
}

/** A link to a page of StackTach. It keeps the choice of times; for a viewer who may not open the page it is plain text. */
export function PageLink({ to, class: className, title, rel, label, current, children }: Props) {
  const href = pageHref(useView(), to)
  if (href === null) {
    return (
      <span class={className} title={title}>
        {children}
      </span>
    )
  }
  return (
    <a
      href={href}
      class={className}
      title={title}
      rel={rel}
      aria-label={label}
      aria-current={current ? 'page' : undefined}
    >
      {children}
    </a>
  )
}
