import type { Servers } from '../stack/servers.ts'
import { hostClocks, processClocks } from './clocks.ts'
import type { Fault, Omitted } from './fault.ts'
import { networkFaults } from './network.ts'
import { processFaults } from './processes.ts'
import { fullDisk, serverFaults } from './servers.ts'

/** All faults, and those that this machine cannot run. */
export function allFaults({ smallDisk }: Servers): { faults: readonly Fault[]; omitted: readonly Omitted[] } {
  const clocks = processClocks()
  const noDisk = 'without' in smallDisk ? smallDisk.without : null
  return {
    faults: [
      ...processFaults,
      ...serverFaults,
      ...networkFaults,
      ...('without' in smallDisk ? [] : [fullDisk(smallDisk)]),
      hostClocks,
      ...clocks.faults,
    ],
    omitted: [...(noDisk === null ? [] : [{ name: 'disk full', reason: noDisk }]), ...clocks.omitted],
  }
}
