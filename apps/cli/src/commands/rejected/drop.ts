import { removeRejected } from '@stacktach/db'
import { Command } from 'commander'
import { rowIds } from '../../arguments.ts'
import { withDatabase } from '../../connections.ts'
import { printJson } from '../../output.ts'

export function dropCommand(): Command {
  return new Command('drop')
    .description('forget rejected messages for good')
    .argument('<ids...>', 'as the list shows them', rowIds)
    .option('--json', 'an object with the ids, for scripts')
    .action(async (ids: number[], options: { json?: boolean }) => {
      const dropped = new Set(await withDatabase('writes', ({ pool }) => removeRejected(pool, ids)))
      const missing = ids.filter((id) => !dropped.has(id))
      if (options.json) printJson({ dropped: [...dropped], missing })
      else console.error(`dropped ${dropped.size}`)
      if (missing.length > 0) throw new Error(`there is no rejected message ${missing.join(', ')}`)
    })
}
