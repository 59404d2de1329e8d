import type { Context } from '../context.ts'
import { chains } from '../data/chains.ts'
import { firstDay } from '../data/cloud.ts'
import { drain } from '../drain.ts'
import { figure } from '../figure.ts'
import { fill } from '../fill.ts'
import { withStack } from '../stack.ts'

const lengths = [1, 10, 100, 1_000, 10_000]

/** What a notification costs, the more of them its instance has. */
export async function measureGrowth({ options, now, add, note }: Context): Promise<void> {
  const count = options.side
  const costs = new Map<number, number[]>()
  for (let round = 0; round < options.sideRounds; round++) {
    for (const each of lengths.filter((length) => length <= count)) {
      const cost = await withStack(async (stack) => {
        await fill([stack], chains(count, each, firstDay(count, now)))
        const { aggregated } = await drain(stack, { messages: count, lead: options.lead, jobs: 1 })
        return 1_000_000 / aggregated
      })
      costs.set(each, [...(costs.get(each) ?? []), cost])
      note(`growth: ${each} an instance, ${Math.round(cost)} µs a notification`)
    }
  }
  const first = costs.get(1) ?? []
  for (const [each, values] of costs) {
    add(
      figure({
        section: 'Growth of work',
        name: `${each.toLocaleString('en-US')} an instance`,
        unit: 'µs each',
        values,
        against: { to: 'one an instance', values: first },
        goal: { atMost: 1.2 },
        meaning: 'What a notification costs until it is folded, with so many of each instance, in order: flat is 1.',
      }),
    )
  }
}
