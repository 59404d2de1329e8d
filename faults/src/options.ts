/** What the suite is asked to do. */
export interface Options {
  /** How many are sent; some of them twice. */
  notifications: number
  /** Decides the stream, the order of the faults and their moments. */
  seed: number
  /** How often each fault happens. */
  rounds: number
  /** Only faults whose name holds one of these. */
  only: readonly string[]
  /** Faults are held for seconds, not for as long as the programs' patience lasts. */
  short: boolean
}

export const USAGE = `usage: npm run test:faults -- [--short] [--notifications N] [--seed S] [--rounds R] [--only FAULT]...

Sends a stream of known truth through servers of its own, which it restarts, cuts off, wipes and fills while it kills the
processes, and says whether anything was lost, doubled or counted otherwise than in a quiet run.

  --short            each fault once and for seconds only (what npm test runs)
  --notifications N  length of the stream, 20000 by default, 5000 with --short
  --seed S           of an earlier run: the same stream, the same faults in the same order
  --rounds R         how often each fault happens, 3 by default, 1 with --short
  --only FAULT       only faults whose name holds this
`

/** @throws RangeError when the arguments make no sense */
export function parseOptions(args: readonly string[], anySeed: () => number): Options {
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
    else throw new RangeError(`there is no option ${name}`)
  }
  const whole = (name: string, otherwise: number, least: number) => {
    const value = values.get(name)
    if (value === undefined) return otherwise
    if (!/^\d{1,10}$/.test(value) || Number(value) < least) {
      throw new RangeError(`${name} must be a whole number from ${least}, not ${value}`)
    }
    return Number(value)
  }
  return {
    notifications: whole('--notifications', short ? 5_000 : 20_000, 100),
    seed: whole('--seed', anySeed(), 0),
    rounds: whole('--rounds', short ? 1 : 3, 1),
    only,
    short,
  }
}
