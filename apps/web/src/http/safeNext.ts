/** The page to show after signing in: a path of this server, else the start page. */
export function safeNext(next: unknown): string {
  if (typeof next !== 'string' || !next.startsWith('/')) return '/'
  // Browsers treat `//host` and `/\host` as another server, and ignore tabs and line breaks in between.
  const base = 'http://stacktach.invalid'
  if (!URL.canParse(next, base)) return '/'
  const { origin, pathname, search } = new URL(next, base)
  return origin === base && !pathname.startsWith('//') ? `${pathname}${search}` : '/'
}
