import type { Context } from '../context.ts'
import { chains } from '../data/chains.ts'
import { firstDay } from '../data/cloud.ts'
import { drain } from '../drain.ts'
import { figure } from '../figure.ts'
import { fill } from '../fill.ts'
import { withStack } from '../stack.ts'

const notificationsPerInstance = [1, 10, 100, 1_000, 10_000]

/** Measures the cost of a notification by the number of notifications of its instance. */
export async function measureGrowth({ options, now, add, log }: Context): Promise<void> {
  const count = options.sideNotifications
  const costs = new Map<number, number[]>()
  for (let round = 0; round < options.sideRounds; round++) {
    for (const each of notificationsPerInstance.filter((number) => number <= count)) {
      const cost = await withStack(async (stack) => {
        await fill([stack], chains(count, each, firstDay(count, now)))
        const { aggregated } = await drain(stack, { messages: count, warmUp: options.warmUp, jobs: 1 })
        return 1_000_000 / aggregated
      })
      costs.set(each, [...(costs.get(each) ?? []), cost])
      log(`growth: ${each} per instance, ${Math.round(cost)} µs per notification`)
    }
  }
  const first = costs.get(1) ?? []
  for (const [each, values] of costs) {
    add(
      figure({
        section: 'Growth of work',
        name: `${each.toLocaleString('en-US')} per instance`,
        unit: 'µs each',
        values,
        against: { to: 'one per instance', values: first },
        goal: { atMost: 1.2 },
        meaning:
          'Time per notification until it is folded, by notifications per instance, in order. A ratio of 1 is flat.',
      }),
    )
  }
}
