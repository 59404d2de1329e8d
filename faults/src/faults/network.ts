import type { ServerName } from '../stack/servers.ts'
import type { Fault, FaultContext } from './fault.ts'

const labels: Record<ServerName, string> = { rabbitmq: 'RabbitMQ', postgres: 'PostgreSQL', redis: 'Redis' }

export const serverNames: readonly ServerName[] = ['rabbitmq', 'postgres', 'redis']

export const labelOf = (server: ServerName) => labels[server]

/** Whether the API is ready while the server is unavailable. */
export function readyWithout(server: ServerName): boolean {
  return server !== 'postgres'
}

async function halfOpen({ stack, hold, short }: FaultContext, server: ServerName): Promise<void> {
  const detour = stack.detours[server]
  detour.freeze()
  await stack.health.expect(readyWithout(server), `connections to ${labels[server]} half open`)
  await hold(1, 15)
  detour.thaw()
  // In the long form the programs and servers have to detect the half-open connections themselves.
  if (short) detour.cutFrozen()
}

async function unavailable({ stack, hold }: FaultContext, server: ServerName, seconds: number): Promise<void> {
  await stack.detours[server].shut()
  await stack.health.expect(readyWithout(server), `${labels[server]} unavailable`)
  await hold(3, seconds)
  await stack.detours[server].open()
}

/** Connections that are cut, half open, or refused. */
export const networkFaults: readonly Fault[] = [
  ...serverNames.flatMap((server): Fault[] => [
    {
      name: `connections to ${labels[server]} cut`,
      inject: async ({ stack }) => stack.detours[server].cut(),
    },
    {
      name: `connections to ${labels[server]} half open`,
      inject: (context) => halfOpen(context, server),
    },
  ]),
  { name: 'Redis unavailable', inject: (context) => unavailable(context, 'redis', 60) },
  // Longer than ingest keeps messages that it cannot store.
  { name: 'PostgreSQL unavailable', inject: (context) => unavailable(context, 'postgres', 75) },
]
