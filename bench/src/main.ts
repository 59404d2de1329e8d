import type { Context } from './context.ts'
import { type Answer, type Figure, withoutGoal } from './figure.ts'
import { type Medians, measureAnswers } from './figures/answers.ts'
import { measureGrowth } from './figures/growth.ts'
import { measureImports } from './figures/imports.ts'
import { measureLateArrival } from './figures/lateArrival.ts'
import { measureLive } from './figures/live.ts'
import { measureProcesses } from './figures/processes.ts'
import { measureReports } from './figures/reports.ts'
import { measureRounds } from './figures/rounds.ts'
import { measureUsage } from './figures/usage.ts'
import { formatResults } from './formatResults.ts'
import { describeMachine, withFinalLoad } from './machine.ts'
import { checkpoints, parseOptions } from './options.ts'
import { dropStacks } from './stack.ts'

const options = parseOptions(process.argv.slice(2))
const figures: Figure[] = []
const answers: Answer[] = []
const startedAt = performance.now()
const context: Context = {
  options,
  now: Date.now() * 1000,
  add: (...more) => figures.push(...(options.checkGoals ? more : more.map(withoutGoal))),
  addAnswer: (answer) => answers.push(answer),
  log: (text) => process.stderr.write(`[${((performance.now() - startedAt) / 1000).toFixed(0)} s] ${text}\n`),
}

let interrupted = false
process.on('SIGINT', () => {
  if (interrupted) process.exit(130)
  interrupted = true
  dropStacks().finally(() => process.exit(130))
})

const isSelected = (name: string) => options.only.length === 0 || options.only.includes(name)

const machine = await describeMachine()
try {
  const medians: Medians = new Map()
  const [, day] = checkpoints(options.notifications)
  if (isSelected('rounds') || isSelected('answers') || isSelected('reports')) {
    await measureRounds(context, async (stack, notifications) => {
      if (isSelected('answers')) await measureAnswers(context, stack, notifications, medians)
      if (isSelected('reports') && notifications === day) await measureReports(context, stack)
    })
  }
  if (isSelected('late')) await measureLateArrival(context)
  if (isSelected('import')) await measureImports(context)
  if (isSelected('growth')) await measureGrowth(context)
  if (isSelected('usage')) await measureUsage(context)
  if (isSelected('live')) await measureLive(context)
  if (isSelected('processes')) await measureProcesses(context)
} finally {
  // Also after a failure: the results so far took a long time to measure.
  const finalMachine = withFinalLoad(machine)
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ machine: finalMachine, options, figures, answers }, null, 2)}\n`
      : formatResults(figures, answers, finalMachine),
  )
  await dropStacks()
}
