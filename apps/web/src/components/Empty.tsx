import type { ComponentChildren } from 'preact'

/** What is shown instead of an empty list: one sentence, and what to do. */
export function Empty({ children }: { children: ComponentChildren }) {
  return <p class="empty">{children}</p>
}
