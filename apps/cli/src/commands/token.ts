import { newToken, type TokenScope, tokenScopes } from '@stacktach/runtime'
import { Command, Option } from 'commander'
import { printJson } from '../output/printJson.ts'

interface NewTokenOptions {
  tenant?: string[]
  scope?: TokenScope
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
    .addOption(
      new Option('--scope <scope>', 'what the token may do beyond reading').choices(tokenScopes).conflicts('tenant'),
    )
    .option('--json', 'print one JSON object')
    .action(({ tenant = [], scope, json }: NewTokenOptions) => {
      if (tenant.includes('')) create.error('error: --tenant must not be empty')
      const created = newToken(tenant, scope === undefined ? [] : [scope])
      if (json) return printJson(created)
      console.error('Send it as `Authorization: Bearer <token>`. It is not stored, so copy it now:')
      process.stdout.write(`${created.token}\n`)
      console.error('Add this line to the file named in API_TOKENS_FILE:')
      process.stdout.write(`${created.line}\n`)
    })
  return create
}
