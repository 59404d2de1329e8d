import pino, { type Logger } from 'pino'
import type { LogLevel } from './config/variables.ts'

export type { Logger }

/** The child loggers of each logger. Children are made per component, not per message, so their number is bounded. */
const children = new WeakMap<Logger, Logger[]>()

/**
 * Makes the logger of a process: JSON lines with the process's name and ISO timestamps.
 *
 * @param name of the process
 */
export function createLogger(name: string, level: LogLevel, destination: 'stdout' | 'stderr' = 'stdout'): Logger {
  const ownChildren: Logger[] = []
  const logger = pino(
    { name, level, timestamp: pino.stdTimeFunctions.isoTime, onChild: (child) => ownChildren.push(child) },
    pino.destination({ fd: destination === 'stdout' ? 1 : 2, sync: true }),
  )
  children.set(logger, ownChildren)
  return logger
}

/** Changes the level of a logger and of its children, which pino gives levels of their own. */
export function setLevel(logger: Logger, level: LogLevel): void {
  for (const target of [logger, ...(children.get(logger) ?? [])]) target.level = level
}
