import type { ServerName } from '../world/servers.ts'
import type { Fault, Scene } from './fault.ts'

const labels: Record<ServerName, string> = { rabbitmq: 'RabbitMQ', postgres: 'PostgreSQL', redis: 'Redis' }

export const serverNames: readonly ServerName[] = ['rabbitmq', 'postgres', 'redis']

export const labelOf = (server: ServerName) => labels[server]

/** What the api can do while a server is out of its reach. */
export function ready(server: ServerName): boolean {
  return server !== 'postgres'
}

async function halfOpen({ world, hold, patient }: Scene, server: ServerName): Promise<void> {
  const way = world.detours[server]
  way.freeze()
  await world.health.expect(ready(server), `connections to ${labels[server]} half open`)
  await hold(1, 15)
  way.thaw()
  // Or else whoever holds one has to notice by itself.
  if (!patient) way.cutFrozen()
}

async function away({ world, hold }: Scene, server: ServerName, seconds: number): Promise<void> {
  await world.detours[server].shut()
  await world.health.expect(ready(server), `${labels[server]} away`)
  await hold(3, seconds)
  await world.detours[server].open()
}

/** Connections that are cut, that go silent, and that cannot be made. */
export const networkFaults: readonly Fault[] = [
  ...serverNames.flatMap((server): Fault[] => [
    {
      name: `connections to ${labels[server]} cut`,
      inflict: async ({ world }) => world.detours[server].cut(),
    },
    {
      name: `connections to ${labels[server]} half open`,
      inflict: (scene) => halfOpen(scene, server),
    },
  ]),
  { name: 'Redis away', inflict: (scene) => away(scene, 'redis', 60) },
  // Longer than ingest holds what it cannot store.
  { name: 'PostgreSQL away', inflict: (scene) => away(scene, 'postgres', 75) },
]
