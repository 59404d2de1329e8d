import type { ComponentChildren } from 'preact'
import { PageLink } from './PageLink.tsx'

/** A number with what it counts. */
export interface Stat {
  label: string
  value: ComponentChildren
  /** Its list. */
  to?: string | undefined
  /** A second line, e.g. what it is part of. */
  detail?: ComponentChildren
  /** `bad`: someone has to act. `quiet`: nothing to see. */
  tone?: 'bad' | 'pending' | 'quiet' | undefined
}

/** The numbers of a page in one strip. The whole cell is the link to its list. */
export function Stats({ label, stats }: { label: string; stats: readonly Stat[] }) {
  return (
    <ul class="stats" aria-label={label}>
      {stats.map(({ label, value, to, detail, tone }) => (
        <li key={label} class={tone}>
          <span class="stat-label">{label}</span>
          {to === undefined ? (
            <span class="stat-value">{value}</span>
          ) : (
            <PageLink to={to} class="stat-value">
              {value}
              <span class="visually-hidden">{` ${label}`}</span>
            </PageLink>
          )}
          {detail === undefined ? null : <span class="stat-detail">{detail}</span>}
        </li>
      ))}
    </ul>
  )
}
