import type { WatchAnswer } from './answers.ts'
import type { WatchArguments } from './arguments.ts'
import type { Printer } from './output/printer.ts'
import { WatchLines } from './watchLines.ts'

/** Prints what `watch` prints before the first notification. */
export function printWatchHead(
  printer: Printer,
  { deployment, event }: Pick<WatchArguments, 'deployment' | 'event'>,
  mode: string,
): void {
  printer.heading(deployment === '0' ? 'All Deployments' : `Deployment id: ${deployment}`)
  if (event !== undefined) printer.heading(`Event name: ${event}`)
  printer.heading(mode)
  if (printer.form === 'csv') printer.csv([['#', '?', 'Date', 'Time', 'Deployment', 'Event', 'UUID']])
}

/** Returns a function that prints the notifications of an answer in the form of the printer. */
export function watchPrinter(printer: Printer): (answer: WatchAnswer) => void {
  const lines = new WatchLines(printer.screen)
  return (answer) => {
    if (printer.form === 'csv') printer.csv(answer[1])
    else if (printer.form === 'json') for (const row of answer[1]) printer.line(JSON.stringify(row))
    else for (const line of lines.format(answer)) printer.line(line)
  }
}
