import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { parseBrokerHosts } from './brokerHosts.ts'
import { ConfigError } from './readConfig.ts'

const binding = z.object({
  queue: z.string().min(1),
  routing_key: z.string().min(1),
  /** Binds the queue to this exchange instead, which must exist: it distributes the messages of the cloud's exchange. */
  from: z.string().min(1).optional(),
})

/** An entry of the deployments file, in StackTach's format. Unknown fields are ignored. */
const entry = z.object({
  name: z.string().min(1),
  /** Hosts of the broker, separated by commas, each optionally with a port: see parseBrokerHosts. */
  rabbit_host: z
    .union([z.string(), z.array(z.string()).transform((hosts) => hosts.join(','))])
    .refine((hosts) => parseBrokerHosts(hosts, 1) !== null, 'must be hosts (host or host:port), separated by commas')
    .default('127.0.0.1'),
  rabbit_port: z
    .union([z.number(), z.string().regex(/^\d+$/).transform(Number)])
    .pipe(z.number().int().min(1).max(65535))
    .optional(),
  /** TLS (amqps). NODE_EXTRA_CA_CERTS adds certificate authorities to the ones that Node trusts. */
  rabbit_tls: z.boolean().default(false),
  rabbit_userid: z.string().default('guest'),
  rabbit_password: z.string().default('guest'),
  rabbit_virtual_host: z.string().default('/'),
  /** Whether exchanges and queues are declared as durable; must be as in the cloud. */
  durable_queue: z.boolean().default(true),
  queue_arguments: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  enabled: z.boolean().default(true),
  /** The queues of each exchange, by the exchange's name. */
  topics: z.record(z.string().min(1), z.array(binding)),
})

const deployment = entry.transform((fields) => ({
  ...fields,
  rabbit_port: fields.rabbit_port ?? (fields.rabbit_tls ? 5671 : 5672),
}))

const deploymentsFile = z.object({ deployments: z.array(deployment) })

/** The names only, so that duplicates are reported even if an entry has other faults. */
const namesOnly = z.object({ deployments: z.array(z.object({ name: z.string() }).nullable().catch(null)) })

export type DeploymentEntry = z.output<typeof deployment>
export type QueueBinding = z.output<typeof binding>

/**
 * Reads a deployments file.
 *
 * @returns the enabled deployments
 * @throws ConfigError with one line per fault, each with the file and the path of the field
 */
export function readDeployments(path: string): DeploymentEntry[] {
  const content = readJson(path)
  const parsed = deploymentsFile.safeParse(content)
  const names = namesOnly.safeParse(content).data?.deployments.map((entry) => entry?.name) ?? []
  const faults = [
    ...(parsed.error?.issues ?? []).map(({ path: field, message }) => `${field.join('.')}: ${message}`),
    ...names.flatMap((name, index) =>
      name !== undefined && names.indexOf(name) < index ? [`deployments.${index}.name: duplicate name ${name}`] : [],
    ),
  ]
  if (!parsed.success || faults.length > 0)
    throw new ConfigError(faults.map((fault) => prefix(path) + fault).join('\n'))
  return parsed.data.deployments.filter(({ enabled }) => enabled)
}

function prefix(path: string): string {
  return `STACKTACH_DEPLOYMENTS_FILE ${path}: `
}

function readJson(path: string): unknown {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error ? Reflect.get(error, 'code') : undefined
    const reasons: Record<string, string> = {
      ENOENT: 'file not found',
      EACCES: 'permission denied',
      EISDIR: 'it is a directory',
    }
    throw new ConfigError(prefix(path) + (reasons[String(code)] ?? String(error)))
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    // The message of JSON.parse quotes the text around the fault, which may contain a password.
    const position = /at position \d+(?: \(line \d+ column \d+\))?/.exec(error instanceof Error ? error.message : '')
    throw new ConfigError(`${prefix(path)}is not JSON${position ? `, ${position[0]}` : ': find the fault with jq .'}`)
  }
}
