import type { Channel, ChannelModel } from 'amqplib'
import { isTransientQueueRefusal } from './transientQueues.ts'

/** RabbitMQ's reply codes: the property `code` of a channel's error. */
const PRECONDITION_FAILED = 406
const ACCESS_REFUSED = 403
const NOT_FOUND = 404

/**
 * Declares a queue or an exchange. If it exists with other properties, or the user may not declare it, as is usual for
 * the cloud's own exchanges, only checks that it exists.
 *
 * @param check passive declare
 * @param onMismatch called with RabbitMQ's message when the properties differ
 * @throws Error when the check fails, or the declaration for any other reason, such as a refused transient queue
 */
export async function declareOrCheck(
  connection: ChannelModel,
  declare: (channel: Channel) => Promise<unknown>,
  check: (channel: Channel) => Promise<unknown>,
  onMismatch: (reason: string) => void,
): Promise<void> {
  try {
    await onChannel(connection, declare)
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const code = codeOf(error)
    if (code !== PRECONDITION_FAILED && code !== ACCESS_REFUSED) throw error
    if (isTransientQueueRefusal(error)) throw error
    await onChannel(connection, check).catch((checkError: unknown) => {
      // It does not exist: the properties are invalid, and the first error has the reason.
      throw code === PRECONDITION_FAILED && codeOf(checkError) === NOT_FOUND ? error : checkError
    })
    if (code === PRECONDITION_FAILED) onMismatch(error.message)
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

/**
 * Runs `work` on a channel of its own: RabbitMQ closes a channel when one of its requests fails.
 *
 * @throws Error of the request; if the broker closed the connection, the broker's reason
 */
export async function onChannel<T>(connection: ChannelModel, work: (channel: Channel) => Promise<T>): Promise<T> {
  let connectionError: Error | undefined
  const onError = (error: Error) => {
    connectionError = error
  }
  connection.on('error', onError)
  try {
    const channel = await connection.createChannel()
    channel.on('error', () => {})
    const result = await work(channel)
    await channel.close()
    return result
  } catch (error) {
    throw connectionError ?? error
  } finally {
    connection.off('error', onError)
  }
}
