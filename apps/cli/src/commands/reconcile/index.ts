import { type Database, listDeployments } from '@stacktach/db'
import { type Difference, differenceKinds, MINUTE } from '@stacktach/domain'
import { ConfigError, now, reconcileConfig } from '@stacktach/runtime'
import { Command, Option } from 'commander'
import { integerArgument } from '../../arguments.ts'
import { withDatabase } from '../../connections.ts'
import { Nova } from '../../openstack/nova.ts'
import { type ListFormat, ListPrinter } from '../../output/listPrinter.ts'
import { ProgressLine } from '../../output/progressLine.ts'
import { reconcile } from './reconcile.ts'

const DEFAULT_TOLERANCE_MINUTES = 10
const MAX_TOLERANCE_MINUTES = 10_080

/** nova's default maximum. */
const DEFAULT_PAGE_SIZE = 1_000

const format: ListFormat<Difference> = {
  head: ['Instance', 'Difference', 'Nova', 'Here', 'Tenant', 'Host', 'Reason'],
  cells: ({ instance, kind, nova, here, tenant, host, reason }) => [instance, kind, nova, here, tenant, host, reason],
  object: (difference) => difference,
}

interface ReconcileOptions {
  deployment?: string
  region?: string
  tolerance: number
  pageSize: number
  json?: boolean
}

/** `stacktach reconcile` */
export function reconcileCommand(): Command {
  return new Command('reconcile')
    .description('compare the instances that exist here with nova: exit code 1 if they differ; changes nothing')
    .addOption(new Option('--deployment <name>', 'only this deployment').conflicts('region'))
    .option('--region <name>', 'only the deployments whose names begin with this')
    .option(
      '--tolerance <minutes>',
      'minutes in which a change may not have arrived yet: listed, but no reason for exit code 1',
      integerArgument(1, MAX_TOLERANCE_MINUTES),
      DEFAULT_TOLERANCE_MINUTES,
    )
    .option('--page-size <number>', 'servers per request to nova', integerArgument(1, 10_000), DEFAULT_PAGE_SIZE)
    .option('--json', 'print a JSON array')
    .action(async (options: ReconcileOptions) => {
      const { differences, summary } = await withDatabase('reads', (database) => readDifferences(database, options))
      const printer = new ListPrinter(format, options.json ?? false)
      printer.add(differences)
      printer.end(Number.POSITIVE_INFINITY)
      if (differences.some(({ recent }) => !recent)) throw new Error(summary)
      console.error(summary)
    })
}

async function readDifferences(database: Database, options: ReconcileOptions) {
  const { tolerance, pageSize, json = false } = options
  const config = reconcileConfig(process.env)
  const names = new Map((await listDeployments(database)).map(({ id, name }) => [id, name]))
  const deployments = selectedDeployments(names, options)
  const nova = new Nova({
    authUrl: config.OS_AUTH_URL,
    credentialId: config.OS_APPLICATION_CREDENTIAL_ID,
    credentialSecret: config.OS_APPLICATION_CREDENTIAL_SECRET,
    region: config.OS_REGION_NAME,
    interface: config.OS_INTERFACE,
  })
  const progress = new ProgressLine(json)
  const { servers, instances, differences } = await reconcile({
    nova,
    database,
    comparison: { tolerance: tolerance * MINUTE, deployments, names },
    pageSize,
    clock: now,
    onProgress: (counts) => progress.show(`compared ${counts.servers} servers`),
  }).finally(() => progress.clear())
  const recent = differences.filter((difference) => difference.recent).length
  differences.sort(
    (a, b) =>
      Number(a.recent) - Number(b.recent) ||
      differenceKinds.indexOf(a.kind) - differenceKinds.indexOf(b.kind) ||
      (a.instance < b.instance ? -1 : 1),
  )
  const summary =
    `${servers} servers in nova, ${instances} instances here (${[...deployments.values()].join(', ')}): ` +
    `${differences.length - recent} differences, ${recent} that later notifications may resolve`
  return { differences, summary }
}

/** @throws ConfigError if the options select no deployment, or leave it open which of several */
function selectedDeployments(
  names: ReadonlyMap<number, string>,
  { deployment, region }: Pick<ReconcileOptions, 'deployment' | 'region'>,
): ReadonlyMap<number, string> {
  const known = [...names.values()].join(', ')
  if (deployment === undefined && region === undefined && names.size > 1) {
    throw new ConfigError(
      `there are several deployments (${known}): select those of nova’s region by --deployment or --region`,
    )
  }
  const selected = [...names].filter(
    ([, name]) =>
      (deployment === undefined || name === deployment) &&
      (region === undefined || name.toLowerCase().startsWith(region.toLowerCase())),
  )
  if (selected.length > 0) return new Map(selected)
  throw new ConfigError(
    names.size === 0
      ? 'no notification is stored yet, so there is no deployment to compare'
      : `--${deployment === undefined ? 'region' : 'deployment'} ${deployment ?? region} is unknown: the deployments are ${known}`,
  )
}
