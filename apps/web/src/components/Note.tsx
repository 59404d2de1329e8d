import type { ComponentChildren } from 'preact'

/** Small text that explains a number: where it comes from, or the threshold. */
export function Note({ children }: { children: ComponentChildren }) {
  return <p class="note">{children}</p>
}
