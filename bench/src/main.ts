import type { Context } from './context.ts'
import { type Answer, type Figure, unjudged } from './figure.ts'
import { type Medians, measureAnswers } from './figures/answers.ts'
import { measureGrowth } from './figures/growth.ts'
import { measureImports } from './figures/imports.ts'
import { measureLate } from './figures/late.ts'
import { measureProcesses } from './figures/processes.ts'
import { measureReports } from './figures/reports.ts'
import { measureRounds } from './figures/rounds.ts'
import { atTheEnd, lookAtMachine } from './machine.ts'
import { checkpoints, parseOptions } from './options.ts'
import { printed } from './print.ts'
import { dropStacks } from './stack.ts'

const options = parseOptions(process.argv.slice(2))
const figures: Figure[] = []
const answers: Answer[] = []
const began = performance.now()
const context: Context = {
  options,
  now: Date.now() * 1000,
  add: (...more) => figures.push(...(options.judged ? more : more.map(unjudged))),
  addAnswer: (answer) => answers.push(answer),
  note: (text) => process.stderr.write(`[${((performance.now() - began) / 1000).toFixed(0)} s] ${text}\n`),
}

let interrupted = false
process.on('SIGINT', () => {
  if (interrupted) process.exit(130)
  interrupted = true
  dropStacks().finally(() => process.exit(130))
})

const wanted = (name: string) => options.only.length === 0 || options.only.includes(name)

const machine = await lookAtMachine()
try {
  const medians: Medians = new Map()
  const [, day] = checkpoints(options.notifications)
  if (wanted('rounds') || wanted('answers') || wanted('reports')) {
    await measureRounds(context, async (stack, notifications) => {
      if (wanted('answers')) await measureAnswers(context, stack, notifications, medians)
      if (wanted('reports') && notifications === day) await measureReports(context, stack)
    })
  }
  if (wanted('late')) await measureLate(context)
  if (wanted('import')) await measureImports(context)
  if (wanted('growth')) await measureGrowth(context)
  if (wanted('processes')) await measureProcesses(context)
} finally {
  // Also when the last of it failed: what came before took its time to measure.
  const end = atTheEnd(machine)
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ machine: end, options, figures, answers }, null, 2)}\n`
      : printed(figures, answers, end),
  )
  await dropStacks()
}
