import type { Channel, ChannelModel } from 'amqplib'

/** RabbitMQ's reply codes: the property `code` of a channel's error. */
const PRECONDITION_FAILED = 406
const ACCESS_REFUSED = 403

/**
 * Declares a queue or an exchange. If it exists with other properties, or the user may not declare it, as is usual for
 * the cloud's own exchanges, only checks that it exists.
 *
 * @param check passive declare
 * @param onMismatch called with RabbitMQ's message when the properties differ
 * @throws Error when the check fails, or the declaration for any other reason
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
    const code = 'code' in error ? error.code : undefined
    if (code !== PRECONDITION_FAILED && code !== ACCESS_REFUSED) throw error
    await onChannel(connection, check)
    if (code === PRECONDITION_FAILED) onMismatch(error.message)
  }
}

/** Runs `work` on a channel of its own: RabbitMQ closes a channel when one of its requests fails. */
export async function onChannel<T>(connection: ChannelModel, work: (channel: Channel) => Promise<T>): Promise<T> {
  const channel = await connection.createChannel()
  channel.on('error', () => {})
  const result = await work(channel)
  await channel.close()
  return result
}
