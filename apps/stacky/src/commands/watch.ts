import { setTimeout as sleep } from 'node:timers/promises'
import { Command } from 'commander'
import { watchSchema } from '../answers.ts'
import { parseWatchArguments, type WatchArguments } from '../arguments.ts'
import { RequestError } from '../requestErrors.ts'
import { openSession, type QueryOptions, type Session, withQueryOptions } from '../session.ts'
import { printWatchHead, watchPrinter } from '../watchOutput.ts'
import { followNotifications } from './follow.ts'
import { withServiceOption } from './sharedOptions.ts'

/** The server's limit: an answer with this many rows was truncated, so the next one is requested without a pause. */
const MAX_ANSWER_ROWS = 10_000

interface WatchOptions extends QueryOptions {
  service?: string
  follow?: boolean
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
      '\n--follow receives each notification once, in the order in which it was stored. After an interruption it\ncontinues where it was. Without it, notifications are in the order of their time, and late ones are not shown.\n\n--json and --csv print one line per notification:\n#, ?, date, time, deployment, event, UUID.',
    )
    .option('--follow', 'receive notifications from the server instead of polling')
  return withQueryOptions(withServiceOption(command)).action(async (words: string[], options: WatchOptions) => {
    const parsed = parseWatchArguments(words)
    const watchArguments = { ...parsed, service: parsed.service ?? options.service }
    process.once('SIGINT', () => process.exit(0))
    if (options.follow) await followNotifications(openSession(options), watchArguments)
    else await watch(openSession(options), watchArguments)
  })
}

/** Polls until the process ends. Only the first request may fail: later failures are reported once and retried. */
async function watch(
  { client, printer }: Session,
  { deployment, service, event, seconds }: WatchArguments,
): Promise<void> {
  printWatchHead(printer, { deployment, event }, `Polling every ${seconds} seconds`)
  const print = watchPrinter(printer)

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
