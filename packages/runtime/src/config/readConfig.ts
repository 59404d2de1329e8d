import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { messageOf } from '../messageOf.ts'
import { type Variable, variables } from './variables.ts'

/** An invalid configuration. `message` has one line per fault. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

type Read<V extends Variable> = { [K in V]: z.output<(typeof variables)[K]> }

/**
 * Parses the variables of a process from its environment. An empty variable counts as not set. A URL, which contains a
 * password, can be in a file that the variable with the suffix `_FILE` names.
 *
 * @throws ConfigError with one line for each missing or invalid variable
 */
export function readConfig<V extends Variable>(environment: NodeJS.ProcessEnv, names: readonly V[]): Read<V> {
  const input: Partial<Record<V, string>> = {}
  const shape: Partial<Record<V, z.ZodType>> = {}
  for (const name of names) {
    shape[name] = variables[name]
    const value = environment[name] || contentOf(environment, name)
    if (value !== undefined && value !== '') input[name] = value
  }
  const parsed = z.object(shape as { [K in V]: (typeof variables)[K] }).safeParse(input)
  if (parsed.success) return parsed.data as Read<V>
  throw new ConfigError(
    parsed.error.issues
      .map(({ path, message }) => {
        const name = String(path[0])
        return name in input ? `${name} ${message}${currentValue(name, environment[name])}` : notSet(name)
      })
      .join('\n'),
  )
}

/**
 * The content of the file that `<name>_FILE` names, without white space at the end; undefined without that variable.
 *
 * @throws ConfigError if the file cannot be read
 */
function contentOf(environment: NodeJS.ProcessEnv, name: string): string | undefined {
  const variable = `${name}_FILE`
  const path = name.endsWith('_URL') ? environment[variable] : undefined
  if (path === undefined || path === '') return undefined
  try {
    return readFileSync(path, 'utf8').trimEnd()
  } catch (error) {
    throw new ConfigError(`${variable} cannot be read: ${messageOf(error)}`)
  }
}

/** Secrets; API_TOKENS may contain a token instead of its digest. */
const secrets = ['API_TOKENS', 'PUBLISH_WEBHOOK_SECRET']

/** The values of secrets, and of URLs, which contain passwords, are not printed. */
function currentValue(name: string, value: string | undefined): string {
  return name.endsWith('_URL') || secrets.includes(name) ? ' (current value hidden)' : `, not ${JSON.stringify(value)}`
}

/** The meaning of each required variable, for the error message. */
const purposes: Partial<Record<string, string>> = {
  DATABASE_URL: 'it is the URL of PostgreSQL, such as postgres://user:password@host/database',
  REDIS_URL: 'it is the URL of Redis, such as redis://host:6379',
  OS_AUTH_URL: 'it is the URL of Keystone, such as https://keystone.example.org:5000/v3',
  OS_APPLICATION_CREDENTIAL_ID: 'it is the id that `openstack application credential create` prints',
  OS_APPLICATION_CREDENTIAL_SECRET: 'it is the secret that `openstack application credential create` prints',
  STACKTACH_DEPLOYMENTS_FILE: 'it is the path of the deployments file; deploy/deployments/ has examples',
}

function notSet(name: string): string {
  const purpose = purposes[name]
  return purpose === undefined ? `${name} is not set` : `${name} is not set: ${purpose}`
}
