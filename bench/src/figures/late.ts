import type { Context } from '../context.ts'
import { Cloud, firstDay } from '../data/cloud.ts'
import type { BenchMessage } from '../data/message.ts'
import { shuffled } from '../data/shuffle.ts'
import { drain } from '../drain.ts'
import { figure } from '../figure.ts'
import { fill } from '../fill.ts'
import { withStack } from '../stack.ts'

/** The same messages in order and in any order at all, each time from an empty database. */
export async function measureLate({ options, now, add, note }: Context): Promise<void> {
  const cloud = new Cloud('late', options.side, firstDay(options.side, now))
  const messages = [...cloud.take(options.side)]
  const lead = options.lead
  const rate = (given: readonly BenchMessage[]) =>
    withStack(async (stack) => {
      const count = await fill([stack], given)
      return (await drain(stack, { messages: count, lead, jobs: 1 })).aggregated
    })
  const ordered: number[] = []
  const late: number[] = []
  for (let round = 0; round < options.sideRounds; round++) {
    ordered.push(await rate(messages))
    late.push(await rate(shuffled(messages, round + 1)))
    note(`late: ${Math.round(ordered.at(-1) ?? 0)} a second in order, ${Math.round(late.at(-1) ?? 0)} shuffled`)
  }
  add(
    figure({
      section: 'Order',
      name: 'in order',
      unit: 'rows/s',
      values: ordered,
      meaning: `Everything aggregated, ${options.side.toLocaleString('en-US')} notifications in order of time, database empty at first.`,
    }),
    figure({
      section: 'Order',
      name: 'late and shuffled',
      unit: 'rows/s',
      values: late,
      against: { to: 'the ordered', values: ordered },
      goal: { atLeast: 0.7 },
      meaning:
        'The same notifications in any order: the first may be the last, and all of an instance are interleaved.',
    }),
  )
}
