import type { Context } from '../context.ts'
import { Cloud, firstDay } from '../data/cloud.ts'
import { drain, waitForEmptyBacklog } from '../drain.ts'
import { figure } from '../figure.ts'
import { fill } from '../fill.ts'
import { withStack } from '../stack.ts'

/** Compares one process with several: ingest on a full queue, then jobs on the resulting backlog. */
export async function measureProcesses({ options, now, add, log }: Context): Promise<void> {
  const rates = { ingest: new Map<number, number[]>(), jobs: new Map<number, number[]>() }
  for (let round = 0; round < options.sideRounds; round++) {
    for (const number of options.processes) {
      const cloud = new Cloud(`processes ${round}`, options.sideNotifications, firstDay(options.sideNotifications, now))
      const measured = await withStack(async (stack) => {
        const messages = await fill([stack], cloud.take(options.sideNotifications))
        const { ingested } = await drain(stack, { messages, warmUp: options.warmUp, ingest: number })
        const starting = Array.from({ length: number }, () => stack.start('jobs'))
        await Promise.race(starting)
        const startedAt = performance.now()
        await waitForEmptyBacklog(stack)
        await Promise.all(starting)
        return { ingest: ingested, jobs: messages / ((performance.now() - startedAt) / 1000) }
      })
      log(
        `${number} processes: ${Math.round(measured.ingest)} rows/s stored, ${Math.round(measured.jobs)} rows/s folded`,
      )
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
            'Ingest: the processes share a full queue. Jobs: they share its backlog, from the start of the first.',
        }),
      )
    }
  }
}
