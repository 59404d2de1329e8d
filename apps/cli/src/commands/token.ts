import { newToken } from '@stacktach/runtime'
import { Command } from 'commander'
import { printJson } from '../output.ts'

interface NewOptions {
  tenant?: string[]
  json?: boolean
}

export function tokenCommand(): Command {
  const create = new Command('new')
    .description('make a token that lets a client in to the api; it is shown this once')
    .option('--tenant <id>', 'limit it to kpi/<id>; may be given several times', (id: string, before?: string[]) => [
      ...(before ?? []),
      id,
    ])
    .option('--json', 'one JSON object, for scripts')
    .action(({ tenant = [], json }: NewOptions) => {
      if (tenant.includes('')) create.error('error: a tenant has an id')
      const made = newToken(tenant)
      if (json) return printJson(made)
      console.error('The client sends it as Authorization: Bearer <token>. It is nowhere kept:')
      process.stdout.write(`${made.token}\n`)
      console.error('The line for the file of API_TOKENS_FILE:')
      process.stdout.write(`${made.line}\n`)
    })
  return new Command('token').description('tokens of the api').addCommand(create)
}
