import { retentionState } from '@stacktach/db'
import { formatInstant } from '@stacktach/domain'
import { Command } from 'commander'
import { withDatabase } from '../../connections.ts'
import { printJson, printTable } from '../../output.ts'

export function showCommand(): Command {
  return new Command('show')
    .description('since when notifications and aggregates are kept, and the partitions there are')
    .option('--json', 'an object with kept_since and partitions, for scripts')
    .action(async ({ json }: { json?: boolean }) => {
      const { horizons, partitions } = await withDatabase('reads', retentionState)
      const times = partitions.map(({ lower, upper, ...rest }) => ({
        ...rest,
        from: formatInstant(lower),
        to: formatInstant(upper),
      }))
      if (json) {
        const keptSince = Object.fromEntries(horizons.map(({ kind, instant }) => [kind, formatInstant(instant)]))
        printJson({ kept_since: keptSince, partitions: times })
        return
      }
      for (const { kind, instant } of horizons) console.error(`${kind}: kept since ${formatInstant(instant)}`)
      if (horizons.length === 0) console.error('nothing was ever dropped')
      printTable(
        ['Service', 'From', 'To', 'MB', ''],
        times.map(({ service, from, to, bytes, sealed }) => [
          service,
          from,
          to,
          (bytes / 1e6).toFixed(1),
          sealed ? 'being dropped' : '',
        ]),
      )
    })
}
