import type { Channel, ChannelModel } from 'amqplib'

/** Property of a channel's error: RabbitMQ's reply codes. */
const PRECONDITION_FAILED = 406
const ACCESS_REFUSED = 403

/**
 * Declares something, or uses what exists under its name: with other properties, which it tells of, or when the user may not
 * declare it, as is usual for the cloud's own exchanges.
 */
export async function declareOrCheck(
  connection: ChannelModel,
  declare: (channel: Channel) => Promise<unknown>,
  use: (channel: Channel) => Promise<unknown>,
  onOther: (reason: string) => void,
): Promise<void> {
  try {
    await onChannel(connection, declare)
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const code = Reflect.get(error, 'code')
    if (code !== PRECONDITION_FAILED && code !== ACCESS_REFUSED) throw error
    await onChannel(connection, use)
    if (code === PRECONDITION_FAILED) onOther(error.message)
  }
}

/** A refused declaration closes its channel, so each is tried on one of its own. */
export async function onChannel(connection: ChannelModel, work: (channel: Channel) => Promise<unknown>): Promise<void> {
  const channel = await connection.createChannel()
  channel.on('error', () => {})
  await work(channel)
  await channel.close()
}
