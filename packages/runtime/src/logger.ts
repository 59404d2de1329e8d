import pino, { type Logger } from 'pino'
import type { LogLevel } from './config/variables.ts'

export type { Logger }

/** Of each logger those that were made from it. They are made for a component, never for a message, so they may all be kept. */
const children = new WeakMap<Logger, Logger[]>()

/** What logs of every process have in common: JSON lines, the process's name, and times that people can read. */
export function createLogger(name: string, level: LogLevel, destination: 'stdout' | 'stderr' = 'stdout'): Logger {
  const made: Logger[] = []
  const logger = pino(
    { name, level, timestamp: pino.stdTimeFunctions.isoTime, onChild: (child) => made.push(child) },
    pino.destination({ fd: destination === 'stdout' ? 1 : 2, sync: true }),
  )
  children.set(logger, made)
  return logger
}

/** Changes the level of a logger, and of all that were made from it, which have levels of their own. */
export function setLevel(logger: Logger, level: LogLevel): void {
  for (const each of [logger, ...(children.get(logger) ?? [])]) each.level = level
}
