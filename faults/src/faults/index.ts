import type { Servers } from '../world/servers.ts'
import { hostClocks, processClocks } from './clocks.ts'
import type { Fault, Omitted } from './fault.ts'
import { networkFaults } from './network.ts'
import { processFaults } from './processes.ts'
import { fullDisk, serverFaults } from './servers.ts'

/** Every fault there is, and those that cannot be had on this machine. */
export function everyFault({ smallDisk }: Servers): { faults: readonly Fault[]; omitted: readonly Omitted[] } {
  const clocks = processClocks()
  return {
    faults: [
      ...processFaults,
      ...serverFaults,
      ...networkFaults,
      ...('without' in smallDisk ? [] : [fullDisk(smallDisk)]),
      hostClocks,
      ...clocks.faults,
    ],
    omitted: [...('without' in smallDisk ? [{ name: 'disk full', why: smallDisk.without }] : []), ...clocks.omitted],
  }
}
