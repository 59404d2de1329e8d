/**
 * A self-test of the suite: loaded before a program, this module makes it consume without acknowledgements, so that
 * messages count as acknowledged before they are stored and the suite has to report losses.
 */
import { EventEmitter } from 'node:events'

interface Channel extends EventEmitter {
  consume(queue: string, onMessage: unknown, options?: object): unknown
  ack(): void
}

function isChannel(emitter: EventEmitter): emitter is Channel {
  return 'consume' in emitter && 'ack' in emitter
}

// The bundle of a program contains its own copy of amqplib. Its channels extend Node's EventEmitter, which both share,
// and their constructor calls `on`.
const { on } = EventEmitter.prototype
EventEmitter.prototype.on = function (event, listener) {
  if (isChannel(this) && !Object.hasOwn(this, 'consume')) {
    const { consume } = this
    this.consume = (queue, onMessage, options) => consume.call(this, queue, onMessage, { ...options, noAck: true })
    this.ack = () => {}
  }
  return on.call(this, event, listener)
}
