/** A message to be published. */
export interface BenchMessage {
  exchange: 'nova' | 'glance'
  routingKey: string
  body: Buffer
}
