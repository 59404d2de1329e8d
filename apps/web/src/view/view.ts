import type { Instant } from '@stacktach/domain'
import type { Viewer } from '@stacktach/http'
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'

/** How a page shows times. The URL has the choice (`times`), and all links of the page keep it. */
export const timesModes = ['utc', 'local', 'relative', 'elapsed'] as const

export type TimesMode = (typeof timesModes)[number]

/** An entry of the navigation. */
export interface NavigationItem {
  label: string
  href: string
}

/** What all components of a page know about the request. */
export interface View {
  now: Instant
  times: TimesMode
  viewer: Viewer
  /** Path and query of the page. */
  url: string
  /** The pages that the viewer may open. */
  navigation: readonly NavigationItem[]
}

export const ViewContext = createContext<View>({
  now: 0,
  times: 'utc',
  viewer: { tenants: null, hasSession: false },
  url: '/',
  navigation: [],
})

export function useView(): View {
  return useContext(ViewContext)
}

/** The instant from which times are counted with `times=elapsed`; null: the page has none, and shows UTC. */
export const OriginContext = createContext<Instant | null>(null)
