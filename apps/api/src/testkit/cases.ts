import { aggregateCases } from './aggregateCases.ts'
import type { Case } from './case.ts'
import { resize, web } from './fixture.ts'
import { listCases } from './listCases.ts'
import { nova } from './listedRows.ts'
import { parameterCases } from './parameterCases.ts'
import { searchCases } from './searchCases.ts'
import { searchFieldCases } from './searchFieldCases.ts'

const beyond = 'offset=99999999999999999999999999'
const offsets: Case[] = [
  { path: `timings?name=compute.instance.resize&${beyond}`, body: [['compute.instance.resize', 'Time']] },
  { path: `timings/uuid?uuid=${web}&${beyond}`, body: [['?', 'Event', 'Time (secs)']] },
  { path: `summary?${beyond}`, body: [['Event', 'N', 'Min', 'Max', 'Avg']] },
  { path: `summary?limit=all&${beyond}`, body: [['Event', 'N', 'Min', 'Max', 'Avg']] },
  { path: `request?request_id=${resize}&${beyond}`, body: [nova] },
  { path: `search?field=tenant&value=5000&${beyond}`, body: [] },
  { path: `usage/launches?${beyond}`, body: [['UUID', 'Launched At', 'Instance Type Id', 'Instance Flavor Id']] },
  { path: `usage/deletes?${beyond}`, body: [['UUID', 'Launched At', 'Deleted At']] },
  {
    path: `usage/exists?${beyond}`,
    body: [['UUID', 'Launched At', 'Deleted At', 'Instance Type Id', 'Instance Flavor Id', 'Message ID', 'Status']],
  },
  { path: `reports?created_from=1&${beyond}`, body: [['Id', 'Start', 'End', 'Created', 'Name', 'Version']] },
  { path: `reports/search?${beyond}`, body: [['Id', 'Start', 'End', 'Created', 'Name', 'Version']] },
]

/** Paths below /stacky/ and what they answer, of the database that fixture.ts fills. */
export const cases: readonly Case[] = [
  ...listCases,
  ...searchCases,
  ...searchFieldCases,
  ...aggregateCases,
  ...parameterCases,
  ...offsets,
]
