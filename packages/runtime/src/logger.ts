import pino, { type Logger } from 'pino'

export type { Logger }

/** What logs of every process have in common: JSON lines, the process's name, and times that people can read. */
export function createLogger(name: string, level: string, destination: 'stdout' | 'stderr' = 'stdout'): Logger {
  return pino(
    { name, level, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ fd: destination === 'stdout' ? 1 : 2, sync: true }),
  )
}
