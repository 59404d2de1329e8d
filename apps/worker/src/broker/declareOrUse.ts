import type { Channel, ChannelModel } from 'amqplib'

/** Property of a channel's error: RabbitMQ's reply code. */
const PRECONDITION_FAILED = 406

/** Declares something, or uses what exists under its name with other properties, and tells of that. */
export async function declareOrUse(
  connection: ChannelModel,
  declare: (channel: Channel) => Promise<unknown>,
  use: (channel: Channel) => Promise<unknown>,
  onOther: (reason: string) => void,
): Promise<void> {
  try {
    await onChannel(connection, declare)
  } catch (error) {
    if (!(error instanceof Error) || Reflect.get(error, 'code') !== PRECONDITION_FAILED) throw error
    await onChannel(connection, use)
    onOther(error.message)
  }
}

/** A refused declaration closes its channel, so each is tried on one of its own. */
export async function onChannel(connection: ChannelModel, work: (channel: Channel) => Promise<unknown>): Promise<void> {
  const channel = await connection.createChannel()
  channel.on('error', () => {})
  await work(channel)
  await channel.close()
}
