import { setTimeout as sleep } from 'node:timers/promises'
import type { EventSourceMessage } from 'eventsource-parser'
import pRetry from 'p-retry'
import type { z } from 'zod'
import { liveNotificationSchema, liveStateSchema, tableSchema, watchSchema } from '../answers.ts'
import type { WatchArguments } from '../arguments.ts'
import { type Client, jsonOrUndefined, type QueryParameters } from '../client.ts'
import { liveRow } from '../liveRow.ts'
import { RequestError } from '../requestErrors.ts'
import type { Session } from '../session.ts'
import { printWatchHead, watchPrinter } from '../watchOutput.ts'

const MIN_RECONNECT_MS = 1_000
const MAX_RECONNECT_MS = 30_000

/**
 * `stacky watch --follow`: prints notifications as the server sends them, until the process ends. Only the first connection
 * may fail: later ones are retried, and continue after the last received event.
 */
export async function followNotifications(
  { client, printer }: Session,
  { deployment, service = 'nova', event }: WatchArguments,
): Promise<void> {
  const name = deployment === '0' ? undefined : await deploymentName(client, deployment)
  // The widths of the columns.
  const { value } = await client.get(['watch', deployment], { service, event_name: event }, watchSchema)
  const [widths] = value
  const print = watchPrinter(printer)
  const parameters = { service, deployment: name, event }

  let after: string | undefined
  let state = 'live'
  const onEvent = ({ id, event: type, data }: EventSourceMessage) => {
    if (after === undefined) printWatchHead(printer, { deployment, event }, 'Following new notifications')
    after = id ?? after
    if (type === 'notification') {
      print([widths, [liveRow(parseData(liveNotificationSchema, data))], ''])
    } else if (type === 'gap') {
      console.error('notifications were skipped: more arrived than the server keeps for an interrupted connection')
    } else if (type === 'state') {
      const { state: next } = parseData(liveStateSchema, data)
      if (next !== state) console.error(stateTexts.get(next) ?? `the server reports the state ${next}`)
      state = next
    }
  }
  for (;;) {
    const reason = await connect(client, parameters, () => after, onEvent)
    console.error(`${reason}; connecting again`)
    await sleep(MIN_RECONNECT_MS * (1 + Math.random()))
  }
}

/** @throws RequestError for an event of another server */
function parseData<T>(schema: z.ZodType<T>, data: string): T {
  const parsed = schema.safeParse(jsonOrUndefined(data))
  if (!parsed.success)
    throw new RequestError("the server sent an event that is not StackTach's: check STACKTACH_URL", false)
  return parsed.data
}

const stateTexts = new Map([
  ['live', 'the server is up to date again'],
  ['delayed', 'an open transaction in the database delays notifications'],
  ['unavailable', 'the database of the server does not answer'],
])

/** Follows one connection to its end. Failures are retried once an event has been received, and reported the first time. */
function connect(
  client: Client,
  parameters: QueryParameters,
  after: () => string | undefined,
  onEvent: (event: EventSourceMessage) => void,
): Promise<string> {
  const mayRetry = after() !== undefined
  return pRetry(() => client.follow(parameters, after(), onEvent), {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: MIN_RECONNECT_MS,
    maxTimeout: MAX_RECONNECT_MS,
    randomize: true,
    shouldRetry: ({ error }) => mayRetry && error instanceof RequestError && error.retryable,
    onFailedAttempt: ({ error, attemptNumber }) => {
      if (mayRetry && attemptNumber === 1) console.error(`${error.message}; retrying`)
    },
  })
}

/** @throws RequestError when there is no such deployment */
async function deploymentName(client: Client, id: string): Promise<string> {
  const { value } = await client.get(['deployments'], {}, tableSchema)
  const [, name] = value.slice(1).find(([number]) => String(number) === String(Number(id))) ?? []
  if (name === undefined) throw new RequestError(`there is no deployment ${id}: see \`stacky deployments\``, false)
  return String(name)
}
