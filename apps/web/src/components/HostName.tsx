/** A host without its domain; the whole name is in the title. */
export function HostName({ host }: { host: string }) {
  const isAddress = /^[\d.:]+$/.test(host)
  return (
    <span class="host" title={host}>
      {isAddress ? host : host.split('.')[0]}
    </span>
  )
}
