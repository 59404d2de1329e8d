/**
 * Path and query of a request as a URL of this server. The target `//host/x` would be a link to another server in the page,
 * and so would `/\\host/x` and an absolute URL.
 */
export function ownUrl(target: string): string {
  return target.replace(/^(?:[a-z][a-z\d+.-]*:[/\\]*[^/\\?]*)?[/\\]*/i, '/')
}
