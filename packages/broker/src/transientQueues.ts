/**
 * Whether RabbitMQ refused to declare a queue that is neither durable nor exclusive. RabbitMQ 4.3 does so by default; it
 * closes the connection with 541 (internal error) and the name of the deprecated feature.
 */
export function isTransientQueueRefusal(error: unknown): boolean {
  return error instanceof Error && /transient_nonexcl_queues/.test(error.message)
}
