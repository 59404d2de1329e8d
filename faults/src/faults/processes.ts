import { programs } from '../world/programs.ts'
import type { Fault } from './fault.ts'

/** Processes that are killed, and that are stopped in the middle of their work. */
export const processFaults: readonly Fault[] = programs.flatMap((program) => [
  {
    name: `kill -9 of ${program}`,
    inflict: ({ world }) => world.programs.kill(program),
  },
  {
    name: `SIGTERM of ${program}`,
    inflict: ({ world }) => world.programs.restart(program),
  },
])
