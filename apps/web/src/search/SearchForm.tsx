import { services } from '@stacktach/domain'
import { ChoiceField, KeptTimes, TextField } from '../components/Fields.tsx'
import { typedText } from '../page/listParameters.ts'
import type { SearchParameters } from './filters.ts'

interface Props {
  filters: SearchParameters
  deployments: readonly string[]
  events: readonly string[]
}

/** The filters of the search, as a form that works without scripts. */
export function SearchForm({ filters, deployments, events }: Props) {
  return (
    <form class="filter-form search-form" method="get" action="/search">
      <KeptTimes />
      {filters.image === undefined ? null : <input type="hidden" name="image" value={filters.image} />}
      <ChoiceField name="service" label="Service" value={filters.service} options={services} />
      <ChoiceField name="deployment" label="Deployment" value={filters.deployment} options={deployments} />
      <TextField name="event" label="Event" value={filters.event} options={events} placeholder="complete name" wide />
      <TextField name="host" label="Host" value={filters.host} />
      <TextField name="tenant" label="Tenant" value={filters.tenant} />
      <TextField name="instance" label="Instance" value={filters.instance} wide />
      <TextField name="request" label="Request" value={filters.request} wide />
      <TextField name="from" label="From (UTC)" value={typedText(filters.from)} placeholder="2026-11-20 12:00" />
      <TextField name="until" label="Until (UTC)" value={typedText(filters.until)} placeholder="now" />
      <label class="check">
        <input type="checkbox" name="errors" value="1" checked={filters.errors === '1'} />
        Errors only
      </label>
      <button type="submit" class="primary">
        Search
      </button>
    </form>
  )
}
