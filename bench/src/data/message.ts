/** A message as it is put into a queue. */
export interface BenchMessage {
  exchange: 'nova' | 'glance'
  routingKey: string
  body: Buffer
}
