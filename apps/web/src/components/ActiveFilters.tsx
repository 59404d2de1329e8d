import { sameHref } from '../view/pageHref.ts'
import { useView } from '../view/view.ts'
import { PageLink } from './PageLink.tsx'

/** The filters of a list, each with a link that removes it. Without any there is nothing. */
export function ActiveFilters({
  filters,
}: {
  filters: readonly (readonly [parameter: string, label: string, value: string | undefined])[]
}) {
  const { url } = useView()
  const active = filters.flatMap(([parameter, label, value]) =>
    value === undefined ? [] : [{ parameter, label, value }],
  )
  if (active.length === 0) return null
  return (
    <ul class="filters" aria-label="Filters">
      {active.map(({ parameter, label, value }) => (
        <li key={parameter}>
          <span class="filter-label">{label}</span>
          <span class="filter-value">{value === '' ? 'none' : value}</span>
          <PageLink
            to={sameHref(url, { [parameter]: undefined, before: undefined, after: undefined })}
            label={`Remove the filter ${label} ${value}`}
          >
            ×
          </PageLink>
        </li>
      ))}
    </ul>
  )
}
