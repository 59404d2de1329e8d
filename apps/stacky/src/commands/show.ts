import { Command } from 'commander'
import { showSchema, tableSchema } from '../answers.ts'
import { parseServiceAndValue } from '../arguments.ts'
import { escapeJson } from '../output/cellText.ts'
import { openSession, type QueryOptions, withQueryOptions } from '../session.ts'
import { withServiceOption } from './sharedOptions.ts'

interface ShowOptions extends QueryOptions {
  service?: string
}

/** The form of UUID that the server accepts; an instance of a generic notification may have another form of id. */
const uuidLike = /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/

/** `stacky show <id>` */
export function showNotificationCommand(): Command {
  const command = new Command('show')
    .description('show one notification in full, and the related ones')
    .usage('[options] [service] <id>')
    .argument('<id...>', 'id of the notification; a service may precede it')
    .addHelpText('after', '\n--csv prints only the keys and values.')
  return withQueryOptions(withServiceOption(command)).action(async (words: string[], options: ShowOptions) => {
    const { value: id, service = options.service } = parseServiceAndValue(words, 'id')
    const { client, printer } = openSession(options)
    const { text, value } = await client.get(['show', id], { service }, showSchema)
    const [keys, json, uuid] = value
    printer.answer({ text, value: keys })
    if (printer.form !== 'table') return
    printer.line(escapeJson(json))
    if (uuid === null || !uuidLike.test(uuid)) return
    const related = await client.get(['uuid'], { uuid, service }, tableSchema)
    printer.line(`Events related to ${uuid}`)
    printer.answer(related)
  })
}
