import type { Context } from '../context.ts'
import { Cloud, firstDay } from '../data/cloud.ts'
import type { BenchMessage } from '../data/message.ts'
import { shuffled } from '../data/shuffle.ts'
import { drain } from '../drain.ts'
import { figure } from '../figure.ts'
import { fill } from '../fill.ts'
import { withStack } from '../stack.ts'

/** Compares messages in order with the same messages shuffled, each into an empty database. */
export async function measureLateArrival({ options, now, add, log }: Context): Promise<void> {
  const cloud = new Cloud('late', options.sideNotifications, firstDay(options.sideNotifications, now))
  const messages = [...cloud.take(options.sideNotifications)]
  const { warmUp } = options
  const rate = (input: readonly BenchMessage[]) =>
    withStack(async (stack) => {
      const count = await fill([stack], input)
      return (await drain(stack, { messages: count, warmUp, jobs: 1 })).aggregated
    })
  const count = options.sideNotifications.toLocaleString('en-US')
  const ordered: number[] = []
  const late: number[] = []
  for (let round = 0; round < options.sideRounds; round++) {
    ordered.push(await rate(messages))
    late.push(await rate(shuffled(messages, round + 1)))
    log(`late: ${Math.round(ordered.at(-1) ?? 0)} rows/s in order, ${Math.round(late.at(-1) ?? 0)} rows/s shuffled`)
  }
  add(
    figure({
      section: 'Order',
      name: 'in order',
      unit: 'rows/s',
      values: ordered,
      meaning: `One ingest and one jobs process, ${count} notifications in order, starting with an empty database.`,
    }),
    figure({
      section: 'Order',
      name: 'late and shuffled',
      unit: 'rows/s',
      values: late,
      against: { to: 'the rate in order', values: ordered },
      goal: { atLeast: 0.7 },
      meaning: 'The same notifications in random order: the first may be the last, and instances are interleaved.',
    }),
  )
}
