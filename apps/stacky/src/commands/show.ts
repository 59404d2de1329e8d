import { Command } from 'commander'
import { shown, table } from '../answers.ts'
import { harmlessJson } from '../output/cellText.ts'
import { type AskOptions, asking, openSession } from '../session.ts'
import { oneOfService } from '../words.ts'
import { ofService, SERVICE_ARGUMENT } from './options.ts'

interface ShowOptions extends AskOptions {
  service?: string
}

/** What the server takes for a uuid: an instance of something else than nova may be named otherwise. */
const uuidLike = /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/

export function showCommand(): Command {
  const command = new Command('show')
    .description('show a notification whole, and those related to it')
    .usage('[options] [service] <id>')
    .argument('<id...>', SERVICE_ARGUMENT)
    .addHelpText('after', '\nAs CSV, the keys and values alone.')
  return asking(ofService(command)).action(async (words: string[], options: ShowOptions) => {
    const { value: id, service = options.service } = oneOfService(words, 'id')
    const { client, printer } = openSession(options)
    const { text, value } = await client.ask(['show', id], { service }, shown)
    const [keys, json, uuid] = value
    printer.answer({ text, value: keys })
    if (printer.form !== 'table') return
    printer.line(harmlessJson(json))
    if (uuid === null || !uuidLike.test(uuid)) return
    const related = await client.ask(['uuid'], { uuid, service }, table)
    printer.line(`Events related to ${uuid}`)
    printer.answer(related)
  })
}
