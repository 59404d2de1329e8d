/**
 * The services of notifications; each has its own table. The exchange determines the service; in an exchange of all
 * services, event and publisher do (`serviceOfEvent.ts`).
 */
export const services = ['nova', 'glance', 'generic'] as const

export type Service = (typeof services)[number]

/** `nova` and `glance` by name; any other exchange is `generic`. */
export function serviceOf(exchange: string): Service {
  return exchange === 'nova' || exchange === 'glance' ? exchange : 'generic'
}
