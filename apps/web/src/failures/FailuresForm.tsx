import type { FailureKey } from '@stacktach/db'
import { type ChosenPeriod, fieldTime } from '../page/timeParameters.ts'
import { useView } from '../view/view.ts'
import type { FailureFilters } from './filters.ts'

interface Props {
  period: ChosenPeriod
  filters: FailureFilters
  by: readonly FailureKey[]
  deployments: readonly string[]
}

/** The form for the ends of the period and the deployment. It keeps the other choices. */
export function FailuresForm({ period, filters, by, deployments }: Props) {
  const { times } = useView()
  const kept = Object.entries({
    ...filters,
    deployment: undefined,
    by: by.join(','),
    times: times === 'utc' ? undefined : times,
  })
  return (
    <form class="filter-form" method="get" action="/failures">
      {kept.map(([name, value]) =>
        value === undefined ? null : <input key={name} type="hidden" name={name} value={value} />,
      )}
      <label>
        From (UTC)
        <input type="datetime-local" name="from" value={fieldTime(period.from)} />
      </label>
      <label>
        Until (UTC)
        <input type="datetime-local" name="until" value={period.recent === null ? fieldTime(period.until) : ''} />
      </label>
      {deployments.length > 1 || filters.deployment !== undefined ? (
        <label>
          Deployment
          <select name="deployment">
            <option value="">all</option>
            {deployments.map((name) => (
              <option key={name} value={name} selected={name === filters.deployment}>
                {name}
              </option>
            ))}
          </select>
        </label>
      ) : null}
      <button type="submit">Show</button>
    </form>
  )
}
