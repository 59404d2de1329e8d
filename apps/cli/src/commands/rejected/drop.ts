import { removeRejected } from '@stacktach/db'
import { Command } from 'commander'
import { rowIdsArgument } from '../../arguments.ts'
import { withDatabase } from '../../connections.ts'
import { printJson } from '../../output/printJson.ts'

/** `stacktach rejected drop` */
export function dropRejectedCommand(): Command {
  return new Command('drop')
    .description('delete rejected messages permanently')
    .argument('<ids...>', 'ids from `rejected list`', rowIdsArgument)
    .option('--json', 'print one JSON object with the ids')
    .action(async (ids: number[], { json }: { json?: boolean }) => {
      const dropped = new Set(await withDatabase('writes', ({ pool }) => removeRejected(pool, ids)))
      const missing = ids.filter((id) => !dropped.has(id))
      if (json) printJson({ dropped: [...dropped], missing })
      else console.error(`dropped ${dropped.size}`)
      if (missing.length > 0) throw new Error(`there is no rejected message ${missing.join(', ')}`)
    })
}
