import { type ListedRejected, listRejected, rejectedBody } from '@stacktach/db'
import { formatInstant } from '@stacktach/domain'
import { Command } from 'commander'
import { rowId } from '../../arguments.ts'
import { bodyText } from '../../bodyText.ts'
import { withDatabase } from '../../connections.ts'
import { printJson } from '../../output.ts'
import { visible } from '../../visible.ts'
import { isWhole, rejectedObject, sizeText } from './shape.ts'

interface ShowOptions {
  raw?: boolean
  json?: boolean
}

export function showCommand(): Command {
  const show = new Command('show')
    .description('a rejected message with its body: as text, its secrets left out, or in hexadecimal')
    .argument('<id>', 'as the list shows it', rowId)
    .option('--raw', 'its bytes alone, as they came, secrets and all')
    .option('--json', 'one JSON object, for scripts')
    .action((id: number, options: ShowOptions) => {
      if (options.raw && options.json) show.error('error: --raw and --json exclude each other')
      return withDatabase('reads', async (database) => {
        const found: ListedRejected[] = []
        await listRejected(database, { ids: [id], limit: 1 }, (rows) => found.push(...rows))
        const body = await rejectedBody(database, id)
        const [message] = found
        if (message === undefined || body === null) throw new Error(`there is no rejected message ${id}`)
        if (options.raw) process.stdout.write(body)
        else if (options.json) printJson({ ...rejectedObject(message), ...bodyText(body, isWhole(message)) })
        else printMessage(message, body)
      })
    })
  return show
}

function printMessage(message: ListedRejected, body: Buffer): void {
  const lines: [string, unknown][] = [
    ['ID', message.id],
    ['Deployment', message.deployment],
    ['Exchange', message.exchange],
    ['Routing key', message.routingKey],
    ['Reason', message.reason],
    ['Detail', message.detail],
    ['Bytes', sizeText(message)],
    ['Received', formatInstant(message.receivedAt)],
  ]
  for (const [name, value] of lines) process.stdout.write(`${`${name}:`.padEnd(13)}${visible(String(value))}\n`)
  if (!isWhole(message))
    process.stdout.write('It is too large: only its beginning is kept, and it cannot be replayed.\n')
  const { encoding, text, note } = bodyText(body, isWhole(message))
  process.stdout.write(`\n${encoding === 'hex' && text !== '' ? hexLines(body) : visible(text)}\n`)
  if (note !== undefined) console.error(note)
}

/** Offset, sixteen bytes, and what of them is ASCII. */
function hexLines(body: Buffer): string {
  const lines: string[] = []
  for (let offset = 0; offset < body.length; offset += 16) {
    const bytes = body.subarray(offset, offset + 16)
    const hex = bytes.toString('hex').replaceAll(/..(?=.)/g, '$& ')
    const ascii = bytes.toString('latin1').replaceAll(/[^ -~]/g, '.')
    lines.push(`${offset.toString(16).padStart(8, '0')}  ${hex.padEnd(47)}  ${ascii}`)
  }
  return lines.join('\n')
}
