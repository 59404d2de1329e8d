import { type ListedRejected, listRejected, rejectedBody } from '@stacktach/db'
import { formatInstant } from '@stacktach/domain'
import { Command } from 'commander'
import { rowIdArgument } from '../../arguments.ts'
import { withDatabase } from '../../connections.ts'
import { escapeControlCharacters } from '../../output/escapeControlCharacters.ts'
import { printJson } from '../../output/printJson.ts'
import { bodyText } from './bodyText.ts'
import { hexDump } from './hexDump.ts'
import { bodySizeText, isTruncated, rejectedObject } from './rejectedMessage.ts'

interface ShowRejectedOptions {
  raw?: boolean
  json?: boolean
}

/** `stacktach rejected show` */
export function showRejectedCommand(): Command {
  const show = new Command('show')
    .description('show a rejected message with its body: as text with secrets redacted, or in hexadecimal')
    .argument('<id>', 'id from `rejected list`', rowIdArgument)
    .option('--raw', 'print only the bytes of the body, including secrets')
    .option('--json', 'print one JSON object')
    .action((id: number, options: ShowRejectedOptions) => {
      if (options.raw && options.json) show.error('error: use either --raw or --json')
      return withDatabase('reads', async (database) => {
        const messages: ListedRejected[] = []
        await listRejected(database, { ids: [id], limit: 1 }, (rows) => messages.push(...rows))
        const body = await rejectedBody(database, id)
        const [message] = messages
        if (message === undefined || body === null) throw new Error(`there is no rejected message ${id}`)
        if (options.raw) process.stdout.write(body)
        else if (options.json) printJson({ ...rejectedObject(message), ...bodyText(body, !isTruncated(message)) })
        else printMessage(message, body)
      })
    })
  return show
}

function printMessage(message: ListedRejected, body: Buffer): void {
  const fields: [string, unknown][] = [
    ['ID', message.id],
    ['Deployment', message.deployment],
    ['Exchange', message.exchange],
    ['Routing key', message.routingKey],
    ['Reason', message.reason],
    ['Detail', message.detail],
    ['Bytes', bodySizeText(message)],
    ['Received', formatInstant(message.receivedAt)],
  ]
  for (const [name, value] of fields) {
    process.stdout.write(`${`${name}:`.padEnd(13)}${escapeControlCharacters(String(value))}\n`)
  }
  const truncated = isTruncated(message)
  if (truncated) {
    process.stdout.write('The message is too large: only its beginning is stored, and it cannot be replayed.\n')
  }
  const { encoding, text, note } = bodyText(body, !truncated)
  process.stdout.write(`\n${encoding === 'hex' && text !== '' ? hexDump(body) : escapeControlCharacters(text)}\n`)
  if (note !== undefined) console.error(note)
}
