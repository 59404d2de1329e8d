import { retentionState } from '@stacktach/db'
import { formatInstant } from '@stacktach/domain'
import { Command } from 'commander'
import { withDatabase } from '../../connections.ts'
import { printJson } from '../../output/printJson.ts'
import { printTable } from '../../output/printTable.ts'

/** `stacktach retention show` */
export function showRetentionCommand(): Command {
  return new Command('show')
    .description('show the oldest notifications and aggregates kept, and the partitions')
    .option('--json', 'print one JSON object with kept_since and partitions')
    .action(async ({ json }: { json?: boolean }) => {
      const { horizons, partitions } = await withDatabase('reads', retentionState)
      const formatted = partitions.map(({ from, until, ...partition }) => ({
        ...partition,
        from: formatInstant(from),
        to: formatInstant(until),
      }))
      if (json) {
        const keptSince = Object.fromEntries(horizons.map(({ kind, instant }) => [kind, formatInstant(instant)]))
        printJson({ kept_since: keptSince, partitions: formatted })
        return
      }
      for (const { kind, instant } of horizons) console.error(`${kind}: kept since ${formatInstant(instant)}`)
      if (horizons.length === 0) console.error('no data has been dropped yet')
      printTable({
        head: ['Service', 'From', 'To', 'MB', 'State'],
        rows: formatted.map(({ service, from, to, bytes, sealed }) => [
          service,
          from,
          to,
          (bytes / 1e6).toFixed(1),
          sealed ? 'being dropped' : '',
        ]),
      })
    })
}
