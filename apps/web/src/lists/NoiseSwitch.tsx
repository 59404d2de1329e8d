import { PageLink } from '../components/PageLink.tsx'
import { sameHref } from '../view/pageHref.ts'

interface Props {
  /** Number of notifications that are noise. */
  count: number
  withNoise: boolean
  url: string
  /** Parameters to remove, because their values depend on the choice. */
  reset?: readonly string[]
  /** Id of the part of the page to return to. */
  fragment?: string
}

/** Shows or hides updates, and versioned notifications beside their classic counterparts. */
export function NoiseSwitch({ count, withNoise, url, reset = [], fragment }: Props) {
  const changes = Object.fromEntries(reset.map((name) => [name, undefined]))
  const href = sameHref(url, { ...changes, noise: withNoise ? undefined : '1' })
  const number = count.toLocaleString('en')
  return (
    <PageLink to={fragment === undefined ? href : `${href}#${fragment}`}>
      {withNoise ? `Hide ${number} updates and counterparts` : `Show ${number} hidden updates and counterparts`}
    </PageLink>
  )
}
