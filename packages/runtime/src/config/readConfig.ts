import { z } from 'zod'
import { type Variable, variables } from './variables.ts'

/** Bad configuration: `message` holds one line for each variable that is wrong. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

type Read<V extends Variable> = { [K in V]: z.output<(typeof variables)[K]> }

/**
 * The variables a process needs, parsed from its environment.
 *
 * @throws ConfigError naming every variable that is missing or malformed, not just the first.
 */
export function readConfig<V extends Variable>(environment: NodeJS.ProcessEnv, names: readonly V[]): Read<V> {
  const given: Partial<Record<V, string>> = {}
  const shape: Partial<Record<V, z.ZodType>> = {}
  for (const name of names) {
    shape[name] = variables[name]
    const value = environment[name]
    if (value !== undefined && value !== '') given[name] = value
  }
  const parsed = z.object(shape as { [K in V]: (typeof variables)[K] }).safeParse(given)
  if (parsed.success) return parsed.data as Read<V>
  throw new ConfigError(
    parsed.error.issues
      .map(({ path, message }) => {
        const name = String(path[0])
        return name in given ? `${name} ${message}, not ${shown(name, environment[name])}` : notSet(name)
      })
      .join('\n'),
  )
}

/** URLs carry passwords, and a token may stand where its digest should: what is wrong with these is said without showing them. */
function shown(name: string, value: string | undefined): string {
  return name.endsWith('_URL') || name === 'API_TOKENS' ? 'what it is set to' : JSON.stringify(value)
}

/** What a variable without a default is for, so that the line says what to do. */
const purposes: Partial<Record<string, string>> = {
  DATABASE_URL: 'it names PostgreSQL, as postgres://user:password@host/database',
  REDIS_URL: 'it names Redis, as redis://host:6379',
  STACKTACH_DEPLOYMENTS_FILE: 'it names the file of the brokers; deploy/deployments/ has examples',
}

function notSet(name: string): string {
  const purpose = purposes[name]
  return purpose === undefined ? `${name} is not set` : `${name} is not set: ${purpose}`
}
