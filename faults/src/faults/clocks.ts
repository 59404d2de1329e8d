import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Program } from '../stack/programs.ts'
import type { Fault, Omitted } from './fault.ts'

/** Hosts of the cloud send notifications with timestamps a day late or early. */
export const hostClocks: Fault = {
  name: 'clocks of hosts a day off',
  hostClocks: true,
  inject: async () => {},
}

/** Runs StackTach's own processes with a wrong clock, if libfaketime is installed. */
export function processClocks(): { faults: Fault[]; omitted: Omitted[] } {
  const library = findLibrary()
  const cases: [Program, string, string][] = [
    ['ingest', 'ahead', '+1d'],
    ['ingest', 'behind', '-1d'],
    ['jobs', 'ahead', '+1d'],
    ['jobs', 'behind', '-1d'],
  ]
  if (library === null) {
    return { faults: [], omitted: [{ name: 'clock of a process a day off', reason: 'libfaketime is not installed' }] }
  }
  return {
    omitted: [],
    faults: cases.map(([program, direction, offset]) => ({
      name: `clock of ${program} a day ${direction}`,
      async inject({ stack, hold }) {
        const clock = { LD_PRELOAD: library, FAKETIME: offset, DONT_FAKE_MONOTONIC: '1' }
        await stack.programs.restart(program, clock)
        await hold(1.5, 15)
        await stack.programs.restart(program)
      },
    })),
  }
}

/** Debian installs the library in a directory named after the architecture. */
function findLibrary(): string | null {
  if (process.platform !== 'linux') return null
  const library = readdirSync('/usr/lib')
    .map((name) => join('/usr/lib', name, 'faketime/libfaketimeMT.so.1'))
    .find(existsSync)
  return library ?? null
}
