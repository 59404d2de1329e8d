/** The services of notifications, as determined by their exchange; each has its own table. */
export const services = ['nova', 'glance', 'generic'] as const

export type Service = (typeof services)[number]

/** `nova` and `glance` by name; any other exchange is `generic`. */
export function serviceOf(exchange: string): Service {
  return exchange === 'nova' || exchange === 'glance' ? exchange : 'generic'
}
