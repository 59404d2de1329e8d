import { newToken } from '@stacktach/runtime'
import { Command } from 'commander'
import { printJson } from '../output/printJson.ts'

interface NewTokenOptions {
  tenant?: string[]
  json?: boolean
}

/** `stacktach token` */
export function tokenCommand(): Command {
  return new Command('token').description('create API tokens').addCommand(newTokenCommand())
}

function newTokenCommand(): Command {
  const create = new Command('new')
    .description('create a token for the API; it is printed only once')
    .option('--tenant <id>', 'restrict the token to a tenant; may be repeated', (id: string, previous?: string[]) => [
      ...(previous ?? []),
      id,
    ])
    .option('--json', 'print one JSON object')
    .action(({ tenant = [], json }: NewTokenOptions) => {
      if (tenant.includes('')) create.error('error: --tenant must not be empty')
      const created = newToken(tenant)
      if (json) return printJson(created)
      console.error('Send it as `Authorization: Bearer <token>`. It is not stored, so copy it now:')
      process.stdout.write(`${created.token}\n`)
      console.error('Add this line to the file named in API_TOKENS_FILE:')
      process.stdout.write(`${created.line}\n`)
    })
  return create
}
