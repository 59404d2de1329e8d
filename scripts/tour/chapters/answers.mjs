import { rowWhere } from '../rows.mjs'

/** Every question that stacky asks; ids come from the answers before. */
export async function answers(tour) {
  tour.says(
    '## The first answer',
    `\`stacky\` asks the api. It is the old client's commands and tables, and knows nothing of the rest: it can be installed wherever
somebody asks.`,
  )
  await tour.types('npm install -g --no-audit --no-fund ./apps/stacky')
  await tour.types('stacky deployments')
  await tour.types('stacky summary')
  tour.says(
    'So many operations of each kind, how long the fastest and the slowest took, and the average. What there is to ask with:',
  )
  await tour.types('stacky --help')
  await tour.types('stacky events', { first: 12, last: 1 })
  await tour.types('stacky events --service glance')
  await tour.types('stacky hosts')

  await whatHappened(tour)
  await whatFailed(tour)
  await howLong(tour)
  await whatWasUsed(tour)
  await whatComes(tour)
}

async function whatHappened(tour) {
  tour.says(
    '## What happened to an instance',
    'First one that nova says existed; `verified` means that it was launched, and not deleted, as nova says.',
  )
  const exists = await tour.types('stacky usage exists --limit 6')
  const [instance] = rowWhere(exists, (row) => row.at(-1) === 'verified')
  tour.instance = instance
  tour.says('All that happened to it, and below how long each operation on it took:')
  await tour.types(`stacky uuid ${instance} --limit 200`, { first: 34, last: 20 })
  await tour.types(`stacky timings --uuid ${instance}`, { first: 8, last: 1 })
  tour.says('An image has a history, too.')
  const images = await tour.types('stacky search glance event image.activate 3')
  const shown = await tour.types(`stacky show glance ${rowWhere(images)[0]}`, { first: 24, last: 12 })
  const [, image] = /Events related to (\S+)/.exec(shown) ?? []
  await tour.types(`stacky uuid glance ${image}`, { first: 12, last: 1 })
}

async function whatFailed(tour) {
  tour.says('## What failed', 'Errors arrive as notifications of their own, newest first; `E` marks them.')
  const errors = await tour.types('stacky search event compute.instance.create.error 4')
  const [number] = rowWhere(errors, (row) => row[1] === 'E')
  tour.says(
    'One of them whole: what nova sent, with the reason and who asked, and what else happened to that instance.',
  )
  const shown = await tour.types(`stacky show ${number}`, {
    first: 21,
    last: 8,
    keep: /"(message|exception|_context_user_name)":/,
  })
  const [, request] = rowWhere(shown, ([key]) => key === 'Req ID')
  const [, tenant] = /"tenant_id": "([^"]+)"/.exec(shown) ?? []
  tour.tenant = tenant
  tour.says('Everything that this request did, and the latest of this tenant:')
  await tour.types(`stacky request ${request}`, { first: 16, last: 1 })
  await tour.types(`stacky search nova tenant ${tenant} 5 --from "${tour.hour.toISOString().slice(0, 10)}"`)
}

async function howLong(tour) {
  tour.says('## How long users waited', 'Each creation, the shortest first:')
  await tour.types('stacky timings compute.instance.create --limit 6')
  tour.says('`kpi` is of the last 24 hours, and from the request to its outcome, of all users or of one tenant:')
  await tour.types('stacky kpi', { first: 10, last: 1 })
  await tour.types(`stacky kpi ${tour.tenant}`, { first: 10, last: 1 })
}

async function whatWasUsed(tour) {
  tour.says('## What was used')
  await tour.types('stacky usage launches --limit 4')
  await tour.types('stacky usage deletes --limit 4')
  tour.says('Of the instance from above: its launch and what changed it since, and each time that nova said it exists.')
  await tour.types(`stacky usage launches ${tour.instance}`)
  await tour.types(`stacky usage exists ${tour.instance}`)
}

async function whatComes(tour) {
  tour.says('## What comes in now', 'In another terminal the cloud goes on, live:')
  const live = await tour.starts('npm run -s simulate -- --live --seed now --deployments deployments.json', /^/)
  tour.says('`watch` shows each notification as it comes, until Ctrl-C; with an event, that alone.')
  await tour.watches('stacky watch', /(\|[^\n]*compute\.[^\n]*\n){8}/, { first: 16, last: 1 })
  await tour.watches('stacky watch 0 nova compute.instance.update 1', /(\|[^\n]*update[^\n]*\n){3}/, {
    first: 12,
    last: 1,
  })
  tour.live = live
}
