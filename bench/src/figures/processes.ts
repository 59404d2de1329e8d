import type { Context } from '../context.ts'
import { Cloud, firstDay } from '../data/cloud.ts'
import { drain, emptied } from '../drain.ts'
import { figure } from '../figure.ts'
import { fill } from '../fill.ts'
import { withStack } from '../stack.ts'

/** The same work by one process and by several: ingest alone, then jobs on what it left. */
export async function measureProcesses({ options, now, add, note }: Context): Promise<void> {
  const rates = { ingest: new Map<number, number[]>(), jobs: new Map<number, number[]>() }
  for (let round = 0; round < options.sideRounds; round++) {
    for (const number of options.processes) {
      const cloud = new Cloud(`processes ${round}`, options.side, firstDay(options.side, now))
      const measured = await withStack(async (stack) => {
        const messages = await fill([stack], cloud.take(options.side))
        const { ingested } = await drain(stack, { messages, lead: options.lead, ingest: number })
        const starting = Array.from({ length: number }, () => stack.start('jobs'))
        await Promise.race(starting)
        const began = performance.now()
        await emptied(stack)
        await Promise.all(starting)
        return { ingest: ingested, jobs: messages / ((performance.now() - began) / 1000) }
      })
      note(`${number} processes: ${Math.round(measured.ingest)} a second stored, ${Math.round(measured.jobs)} folded`)
      for (const kind of ['ingest', 'jobs'] as const) {
        rates[kind].set(number, [...(rates[kind].get(number) ?? []), measured[kind]])
      }
    }
  }
  for (const kind of ['ingest', 'jobs'] as const) {
    for (const [number, values] of rates[kind]) {
      add(
        figure({
          section: 'Processes',
          name: `${number} × ${kind}`,
          unit: 'rows/s',
          values,
          against: { to: 'one process', values: rates[kind].get(1) ?? [] },
          meaning:
            'Ingest: so many processes on one full queue. Jobs: so many on the backlog that this leaves, from the moment that the first is up.',
        }),
      )
    }
  }
}
