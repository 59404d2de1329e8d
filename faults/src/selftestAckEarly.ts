/**
 * A self-test of the suite: loaded before a program, this module makes it consume without acknowledgements, so that
 * messages count as acknowledged before they are stored and the suite has to report losses.
 */
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)

interface ChannelPrototype {
  consume(queue: string, onMessage: unknown, options?: object): unknown
  ack(): void
}

// amqplib does not export the class.
const { Channel }: { Channel: { prototype: ChannelPrototype } } = require(
  join(dirname(require.resolve('amqplib')), 'lib', 'channel_model.js'),
)
const { consume } = Channel.prototype
Channel.prototype.consume = function (queue, onMessage, options) {
  return consume.call(this, queue, onMessage, { ...options, noAck: true })
}
Channel.prototype.ack = () => {}
