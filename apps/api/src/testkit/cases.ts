import { aggregateCases } from './aggregateCases.ts'
import type { Case } from './case.ts'
import { resize, web } from './fixture.ts'
import { listCases } from './listCases.ts'
import { nova } from './listedRows.ts'
import { parameterCases } from './parameterCases.ts'
import { searchCases } from './searchCases.ts'
import { searchFieldCases } from './searchFieldCases.ts'

const hugeOffset = 'offset=99999999999999999999999999'
const offsets: Case[] = [
  { path: `timings?name=compute.instance.resize&${hugeOffset}`, body: [['compute.instance.resize', 'Time']] },
  { path: `timings/uuid?uuid=${web}&${hugeOffset}`, body: [['?', 'Event', 'Time (secs)']] },
  { path: `summary?${hugeOffset}`, body: [['Event', 'N', 'Min', 'Max', 'Avg']] },
  { path: `summary?limit=all&${hugeOffset}`, body: [['Event', 'N', 'Min', 'Max', 'Avg']] },
  { path: `request?request_id=${resize}&${hugeOffset}`, body: [nova] },
  { path: `search?field=tenant&value=5000&${hugeOffset}`, body: [] },
  { path: `usage/launches?${hugeOffset}`, body: [['UUID', 'Launched At', 'Instance Type Id', 'Instance Flavor Id']] },
  { path: `usage/deletes?${hugeOffset}`, body: [['UUID', 'Launched At', 'Deleted At']] },
  {
    path: `usage/exists?${hugeOffset}`,
    body: [['UUID', 'Launched At', 'Deleted At', 'Instance Type Id', 'Instance Flavor Id', 'Message ID', 'Status']],
  },
  { path: `reports?created_from=1&${hugeOffset}`, body: [['Id', 'Start', 'End', 'Created', 'Name', 'Version']] },
  { path: `reports/search?${hugeOffset}`, body: [['Id', 'Start', 'End', 'Created', 'Name', 'Version']] },
]

/** All cases, for the database filled by fixture.ts. */
export const cases: readonly Case[] = [
  ...listCases,
  ...searchCases,
  ...searchFieldCases,
  ...aggregateCases,
  ...parameterCases,
  ...offsets,
]
