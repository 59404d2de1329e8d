import { setTimeout as sleep } from 'node:timers/promises'
import { Command } from 'commander'
import { type Watched, watched } from '../answers.ts'
import { AskError } from '../failure.ts'
import { type AskOptions, asking, openSession, type Session } from '../session.ts'
import { WatchLines } from '../watchLines.ts'
import { type WatchWords, watchWords } from '../words.ts'
import { ofService, SERVICE_ARGUMENT } from './options.ts'

/** So many rows at once are an answer that was cut: the rest is asked for at once. */
const CUT = 10_000

interface WatchOptions extends AskOptions {
  service?: string
}

export function watchCommand(): Command {
  const command = new Command('watch')
    .description('show notifications as they come, until Ctrl-C')
    .usage('[options] [deployment] [service] [event-name] [seconds]')
    .argument(
      '[deployment...]',
      `the deployment is its number, 0 or all (default); ${SERVICE_ARGUMENT}; looks every 2 seconds`,
    )
    .addHelpText(
      'after',
      '\nAs JSON or CSV, one line for each notification: #, ?, date, time, deployment, event, UUID.',
    )
  return asking(ofService(command)).action(async (words: string[], options: WatchOptions) => {
    const asked = watchWords(words)
    process.once('SIGINT', () => process.exit(0))
    await watch(openSession(options), { ...asked, service: asked.service ?? options.service })
  })
}

async function watch({ client, printer }: Session, { deployment, service, event, seconds }: WatchWords): Promise<void> {
  printer.say(deployment === '0' ? 'All Deployments' : `Deployment id: ${deployment}`)
  if (event !== undefined) printer.say(`Event name: ${event}`)
  printer.say(`Polling every ${seconds} seconds`)
  if (printer.form === 'csv') printer.csv([['#', '?', 'Date', 'Time', 'Deployment', 'Event', 'UUID']])
  const lines = new WatchLines(printer.screen)
  const print = (answer: Watched) => {
    if (printer.form === 'csv') printer.csv(answer[1])
    else if (printer.form === 'json') for (const row of answer[1]) printer.line(JSON.stringify(row))
    else for (const line of lines.of(answer)) printer.line(line)
  }

  let since: string | undefined
  let away = false
  for (;;) {
    const look = await client
      .ask(['watch', deployment], { service, event_name: event, since }, watched)
      .catch((error: unknown) => {
        // What was never there is a wrong address; what was there comes back.
        if (since === undefined || !(error instanceof AskError) || !error.passing) throw error
        return error
      })
    if (look instanceof AskError) {
      if (!away) console.error(`${look.message}; still trying`)
      away = true
    } else {
      if (away) console.error('the server answers again')
      away = false
      print(look.value)
      since = look.value[2]
      if (look.value[1].length >= CUT) continue
    }
    await sleep(seconds * 1000)
  }
}
