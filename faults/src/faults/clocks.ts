import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Program } from '../world/programs.ts'
import type { Fault, Omitted } from './fault.ts'

/** Hosts of the cloud a day late and a day early: their notifications carry it. */
export const hostClocks: Fault = {
  name: 'clocks of hosts a day off',
  hostClocks: true,
  inflict: async () => {},
}

/** Our own processes with a wrong clock, where libfaketime is installed. */
export function processClocks(): { faults: Fault[]; omitted: Omitted[] } {
  const library = findLibrary()
  const cases: [Program, string, string][] = [
    ['ingest', 'ahead', '+1d'],
    ['ingest', 'behind', '-1d'],
    ['jobs', 'ahead', '+1d'],
    ['jobs', 'behind', '-1d'],
  ]
  if (library === null) {
    return { faults: [], omitted: [{ name: 'clock of a process a day off', why: 'libfaketime is not installed' }] }
  }
  return {
    omitted: [],
    faults: cases.map(([program, direction, offset]) => ({
      name: `clock of ${program} a day ${direction}`,
      async inflict({ world, hold }) {
        const clock = { LD_PRELOAD: library, FAKETIME: offset, DONT_FAKE_MONOTONIC: '1' }
        await world.programs.restart(program, clock)
        await hold(1.5, 15)
        await world.programs.restart(program)
      },
    })),
  }
}

/** Debian keeps it in a folder of the machine's architecture. */
function findLibrary(): string | null {
  if (process.platform !== 'linux') return null
  const found = readdirSync('/usr/lib')
    .map((name) => join('/usr/lib', name, 'faketime/libfaketimeMT.so.1'))
    .find(existsSync)
  return found ?? null
}
