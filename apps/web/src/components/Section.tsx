import type { ComponentChildren } from 'preact'

interface Props {
  id: string
  title: string
  /** Beside the heading: a count, a switch, a link to all of it. */
  aside?: ComponentChildren
  children: ComponentChildren
}

/** A part of a page with a heading, which a link can address. */
export function Section({ id, title, aside, children }: Props) {
  return (
    <section class="part" id={id} aria-labelledby={`${id}-title`}>
      <div class="part-head">
        <h2 id={`${id}-title`}>{title}</h2>
        {aside === undefined ? null : <div class="aside">{aside}</div>}
      </div>
      {children}
    </section>
  )
}
