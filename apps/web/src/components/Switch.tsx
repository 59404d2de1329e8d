import { PageLink } from './PageLink.tsx'

/** A choice of a switch. */
export interface Choice {
  label: string
  to: string
  isChosen: boolean
}

interface Props {
  /** What one chooses. */
  label: string
  choices: readonly Choice[]
  /** Whether several can be chosen at once: each link adds or removes its own. */
  multiple?: boolean
}

/** A row of links. The chosen ones are marked. */
export function Switch({ label, choices, multiple = false }: Props) {
  return (
    <nav class="switch" aria-label={label}>
      <span class="switch-label">{label}</span>
      <ul>
        {choices.map(({ label, to, isChosen }) => (
          <li key={label} class={isChosen ? 'chosen' : undefined}>
            {isChosen && !multiple ? (
              <strong aria-current="true">{label}</strong>
            ) : (
              <PageLink to={to}>
                {label}
                {isChosen ? <span class="visually-hidden"> (on)</span> : null}
              </PageLink>
            )}
          </li>
        ))}
      </ul>
    </nav>
  )
}
