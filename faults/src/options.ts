/** The options of the fault suite. */
export interface Options {
  /** Distinct notifications to send; some are sent twice. */
  notifications: number
  /** Decides the stream, and the order and moments of the faults. */
  seed: number
  /** How often each fault is injected. */
  rounds: number
  /** Only faults whose name contains one of these; empty: all. */
  only: readonly string[]
  /** Faults last seconds, less than the timeouts of the programs. */
  short: boolean
}

export const USAGE = `usage: npm run test:faults -- [--short] [--notifications N] [--seed S] [--rounds R] [--only FAULT]...

Publishes a simulated stream while it kills the processes, and restarts, disconnects, wipes and fills its own
servers. Reports whether notifications were lost or duplicated, and whether aggregates differ from a reference run
without faults.

  --short            inject each fault once, for seconds only, and compare the aggregates at the end
                     (part of npm test)
  --notifications N  number of notifications (default: 20000, with --short 5000)
  --seed S           repeat an earlier run: the same stream, the same faults in the same order
  --rounds R         how often to inject each fault (default: 3, with --short 1)
  --only FAULT       only faults whose name contains this text
`

/**
 * Parses the command line.
 *
 * @param randomSeed the seed if there is no --seed
 * @throws RangeError if an argument is invalid
 */
export function parseOptions(args: readonly string[], randomSeed: () => number): Options {
  const values = new Map<string, string>()
  const only: string[] = []
  let short = false
  for (let index = 0; index < args.length; index++) {
    const name = args[index] ?? ''
    if (name === '--short') {
      short = true
      continue
    }
    const value = args[++index]
    if (value === undefined) throw new RangeError(`${name} needs a value`)
    if (name === '--only') only.push(value)
    else if (['--notifications', '--seed', '--rounds'].includes(name)) values.set(name, value)
    else throw new RangeError(`unknown option ${name}`)
  }
  const wholeNumber = (name: string, defaultValue: number, min: number) => {
    const value = values.get(name)
    if (value === undefined) return defaultValue
    if (!/^\d{1,10}$/.test(value) || Number(value) < min) {
      throw new RangeError(`${name} must be a whole number of at least ${min}, not ${value}`)
    }
    return Number(value)
  }
  return {
    notifications: wholeNumber('--notifications', short ? 5_000 : 20_000, 100),
    seed: wholeNumber('--seed', randomSeed(), 0),
    rounds: wholeNumber('--rounds', short ? 1 : 3, 1),
    only,
    short,
  }
}
