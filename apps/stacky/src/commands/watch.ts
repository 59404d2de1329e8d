import { setTimeout as sleep } from 'node:timers/promises'
import { Command } from 'commander'
import { type WatchAnswer, watchSchema } from '../answers.ts'
import { parseWatchArguments, type WatchArguments } from '../arguments.ts'
import { RequestError } from '../requestErrors.ts'
import { openSession, type QueryOptions, type Session, withQueryOptions } from '../session.ts'
import { WatchLines } from '../watchLines.ts'
import { withServiceOption } from './sharedOptions.ts'

/** The server's limit: an answer with this many rows was truncated, so the next one is requested without a pause. */
const MAX_ANSWER_ROWS = 10_000

interface WatchOptions extends QueryOptions {
  service?: string
}

/** `stacky watch` */
export function watchCommand(): Command {
  const command = new Command('watch')
    .description('show notifications as they arrive, until Ctrl-C')
    .usage('[options] [deployment] [service] [event-name] [seconds]')
    .argument(
      '[deployment...]',
      'number from `stacky deployments`, 0 or all (default); seconds is the poll interval (default: 2)',
    )
    .addHelpText(
      'after',
      '\n--json and --csv print one line per notification:\n#, ?, date, time, deployment, event, UUID.',
    )
  return withQueryOptions(withServiceOption(command)).action(async (words: string[], options: WatchOptions) => {
    const watchArguments = parseWatchArguments(words)
    process.once('SIGINT', () => process.exit(0))
    await watch(openSession(options), { ...watchArguments, service: watchArguments.service ?? options.service })
  })
}

/** Polls until the process ends. Only the first request may fail: later failures are reported once and retried. */
async function watch(
  { client, printer }: Session,
  { deployment, service, event, seconds }: WatchArguments,
): Promise<void> {
  printer.heading(deployment === '0' ? 'All Deployments' : `Deployment id: ${deployment}`)
  if (event !== undefined) printer.heading(`Event name: ${event}`)
  printer.heading(`Polling every ${seconds} seconds`)
  if (printer.form === 'csv') printer.csv([['#', '?', 'Date', 'Time', 'Deployment', 'Event', 'UUID']])
  const lines = new WatchLines(printer.screen)
  const print = (answer: WatchAnswer) => {
    if (printer.form === 'csv') printer.csv(answer[1])
    else if (printer.form === 'json') for (const row of answer[1]) printer.line(JSON.stringify(row))
    else for (const line of lines.format(answer)) printer.line(line)
  }

  let since: string | undefined
  let unavailable = false
  for (;;) {
    const result = await client
      .get(['watch', deployment], { service, event_name: event, since }, watchSchema)
      .catch((error: unknown) => {
        if (since === undefined || !(error instanceof RequestError) || !error.retryable) throw error
        return error
      })
    if (result instanceof RequestError) {
      if (!unavailable) console.error(`${result.message}; retrying`)
      unavailable = true
    } else {
      if (unavailable) console.error('the server is available again')
      unavailable = false
      print(result.value)
      since = result.value[2]
      if (result.value[1].length >= MAX_ANSWER_ROWS) continue
    }
    await sleep(seconds * 1000)
  }
}
