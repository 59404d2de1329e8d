/**
 * Loaded before a program when the suite is to show that it would notice a loss: whatever the program consumes counts as
 * acknowledged when the broker sends it, before it is stored. Nothing of the programs themselves is another.
 */
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)

interface Consumes {
  consume(queue: string, onMessage: unknown, options?: object): unknown
  ack(): void
}

// The class is none of amqplib's exports.
const { Channel }: { Channel: { prototype: Consumes } } = require(
  join(dirname(require.resolve('amqplib')), 'lib', 'channel_model.js'),
)
const { consume } = Channel.prototype
Channel.prototype.consume = function (queue, onMessage, options) {
  return consume.call(this, queue, onMessage, { ...options, noAck: true })
}
Channel.prototype.ack = () => {}
