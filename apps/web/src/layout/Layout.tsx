import type { ComponentChildren } from 'preact'
import { PageLink } from '../components/PageLink.tsx'
import { type AssetName, assetPath, productVersion } from '../page/assets.ts'
import { pageHref, sameHref } from '../view/pageHref.ts'
import { timesModes, useView } from '../view/view.ts'

interface Props {
  title: string
  /** Above the heading, e.g. the kind of thing. */
  scripts?: readonly AssetName[]
  styles?: readonly AssetName[]
  /** Whether the viewer is known: without it there is neither navigation nor find box. */
  isOpen?: boolean
  /** Whether the browser should request the page again at once. */
  reload?: boolean
  children: ComponentChildren
}

/** The HTML document of every page: head, navigation, find box, content, footer. */
export function Layout({ title, scripts = [], styles = [], isOpen = true, reload = false, children }: Props) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        {reload ? <meta http-equiv="refresh" content="0" /> : null}
        <title>{`${title} · StackTach`}</title>
        <link rel="icon" href={assetPath('favicon.svg')} type="image/svg+xml" />
        {['site.css' as const, ...styles].map((name) => (
          <link key={name} rel="stylesheet" href={assetPath(name)} />
        ))}
        {['site.js' as const, ...scripts].map((name) => (
          <script key={name} type="module" src={assetPath(name)} />
        ))}
      </head>
      <body>
        <a class="skip" href="#content">
          Skip to content
        </a>
        <Head isOpen={isOpen} />
        <main id="content" tabIndex={-1}>
          {children}
        </main>
        <Foot isOpen={isOpen} />
      </body>
    </html>
  )
}

function Head({ isOpen }: { isOpen: boolean }) {
  const view = useView()
  const path = view.url.split('?')[0] ?? ''
  return (
    <header class="top">
      <a class="brand" href={pageHref(view, '/') ?? '/'}>
        <svg width="20" height="20" viewBox="0 0 32 32" aria-hidden="true">
          <rect width="32" height="32" rx="7" class="brand-back" />
          <rect x="6" y="7" width="12" height="4" rx="2" class="brand-bar" />
          <rect x="10" y="14" width="16" height="4" rx="2" class="brand-bar" />
          <rect x="15" y="21" width="7" height="4" rx="2" class="brand-bar" />
        </svg>
        StackTach
      </a>
      {isOpen ? (
        <>
          <form class="find" method="get" action="/find">
            <input
              type="search"
              name="q"
              aria-label="Find an instance, request, image, message, tenant, host or event"
              placeholder="Find instance, request, tenant …"
              autocomplete="off"
              spellcheck={false}
              maxLength={500}
              data-find
              autofocus={path === '/'}
            />
            {view.times === 'utc' ? null : <input type="hidden" name="times" value={view.times} />}
            <span class="key" aria-hidden="true">
              <kbd>/</kbd>
            </span>
            <button type="submit">Find</button>
          </form>
          {view.navigation.length === 0 ? null : (
            <nav class="pages" aria-label="Pages">
              <ul>
                {view.navigation.map(({ label, href }) => (
                  <li key={href}>
                    <PageLink
                      to={href}
                      current={href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`)}
                    >
                      {label}
                    </PageLink>
                  </li>
                ))}
              </ul>
            </nav>
          )}
        </>
      ) : null}
    </header>
  )
}

function Foot({ isOpen }: { isOpen: boolean }) {
  const { url, times, viewer } = useView()
  return (
    <footer class="foot">
      {isOpen ? (
        <nav class="times" aria-label="How times are shown">
          <span>Times:</span>
          {timesModes.map((mode) =>
            mode === times ? (
              <strong key={mode} aria-current="true">
                {mode === 'utc' ? 'UTC' : mode}
              </strong>
            ) : (
              // Not a PageLink, which would keep the present choice.
              <a key={mode} href={sameHref(url, { times: mode === 'utc' ? undefined : mode })}>
                {mode === 'utc' ? 'UTC' : mode}
              </a>
            ),
          )}
        </nav>
      ) : null}
      {isOpen ? (
        <button type="button" class="plain" data-help hidden>
          Keys <kbd>?</kbd>
        </button>
      ) : null}
      <span class="version">{`StackTach ${productVersion}`}</span>
      {viewer.hasSession ? (
        <form method="post" action="/sign-out">
          <button type="submit" class="plain">
            Sign out
          </button>
        </form>
      ) : null}
    </footer>
  )
}
