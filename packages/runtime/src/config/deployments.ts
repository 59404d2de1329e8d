import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { parseBrokerHosts } from './brokerHosts.ts'
import { ConfigError } from './readConfig.ts'
import { type BrokerNode, parseTransportUrl, type TransportUrl } from './transportUrl.ts'
import { unknownKeys } from './unknownKeys.ts'

const binding = z.object({
  queue: z.string().min(1),
  routing_key: z.string().min(1),
  /** Binds the queue to this exchange instead, which must exist: it distributes the messages of the cloud's exchange. */
  from: z.string().min(1).optional(),
})

const port = z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)]).pipe(z.number().int().min(1).max(65535))

const hosts = z.union([z.string(), z.array(z.string()).transform((list) => list.join(','))])

const transportUrl = z.string().transform((text, context): TransportUrl => {
  const parsed = parseTransportUrl(text)
  if (!('faults' in parsed)) return parsed
  for (const message of parsed.faults) context.addIssue({ code: 'custom', message })
  return z.NEVER
})

/** An entry of the deployments file, in StackTach's format. Unknown fields are ignored, with a warning. */
const entry = z.object({
  name: z.string().min(1),
  /** Address, login and vhost in oslo.messaging's form, instead of the fields that begin with `rabbit_`. */
  transport_url: transportUrl.optional(),
  /** Hosts of the broker, separated by commas, each optionally with a port: see parseBrokerHosts. */
  rabbit_host: hosts
    .refine((list) => parseBrokerHosts(list, 1) !== null, 'must be hosts (host or host:port), separated by commas')
    .optional(),
  rabbit_port: port.optional(),
  /** TLS (amqps). NODE_EXTRA_CA_CERTS adds certificate authorities to the ones that Node trusts. */
  rabbit_tls: z.boolean().optional(),
  rabbit_userid: z.string().optional(),
  rabbit_password: z.string().optional(),
  rabbit_virtual_host: z.string().optional(),
  /** Whether exchanges and queues are declared as durable; must be as in the cloud. */
  durable_queue: z.boolean().default(true),
  queue_arguments: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  enabled: z.boolean().default(true),
  /** The queues of each exchange, by the exchange's name. */
  topics: z
    .record(z.string().min(1), z.array(binding))
    .refine((topics) => Object.values(topics).some((bindings) => bindings.length > 0), 'must have at least one queue'),
})

/** The fields that `transport_url` replaces. */
const addressFields = [
  'rabbit_host',
  'rabbit_port',
  'rabbit_tls',
  'rabbit_userid',
  'rabbit_password',
  'rabbit_virtual_host',
] as const

/** The nodes of a deployment's broker, and what a connection to any of them needs. */
export interface BrokerAddress {
  /** Never empty. */
  nodes: BrokerNode[]
  tls: boolean
  vhost: string
  /** The fields in which an operator corrects an address or a login. */
  fields: { address: string; login: string; vhost: string }
}

const deployment = entry
  .superRefine(({ transport_url, ...fields }, context) => {
    if (transport_url === undefined) return
    for (const field of addressFields) {
      if (fields[field] === undefined) continue
      context.addIssue({ code: 'custom', path: [field], message: 'must not be set together with transport_url' })
    }
  })
  .transform(({ name, durable_queue, queue_arguments, enabled, topics, ...address }) => ({
    name,
    broker: brokerOf(address),
    durable_queue,
    queue_arguments,
    enabled,
    topics,
  }))

function brokerOf({ transport_url, ...fields }: Partial<z.output<typeof entry>>): BrokerAddress {
  if (transport_url !== undefined) {
    const { nodes, tls, vhost } = transport_url
    return { nodes, tls, vhost, fields: { address: 'transport_url', login: 'transport_url', vhost: 'transport_url' } }
  }
  const {
    rabbit_host = '127.0.0.1',
    rabbit_tls: tls = false,
    rabbit_port = tls ? 5671 : 5672,
    rabbit_userid: username = 'guest',
    rabbit_password: password = 'guest',
    rabbit_virtual_host: vhost = '/',
  } = fields
  const nodes = (parseBrokerHosts(rabbit_host, rabbit_port) ?? []).map((host) => ({ ...host, username, password }))
  return {
    nodes,
    tls,
    vhost,
    fields: {
      address: 'rabbit_host and rabbit_port',
      login: 'rabbit_userid and rabbit_password',
      vhost: 'rabbit_virtual_host',
    },
  }
}

/** Keys of the original StackTach that have no effect here. */
const stacktachKeys = ['exit_on_exception', 'queue_name_prefix']

/** The keys of a deployments file that may be misspelt: they are neither ours nor StackTach's. */
const keys = {
  file: ['deployments'],
  deployment: [...Object.keys(entry.shape), ...stacktachKeys],
  binding: Object.keys(binding.shape),
}

const deploymentsFile = z.object({ deployments: z.array(deployment) })

/** The names only, so that duplicates are reported even if an entry has other faults. */
const namesOnly = z.object({ deployments: z.array(z.object({ name: z.string() }).nullable().catch(null)) })

/** The entries with all of their keys, of a file that is valid. */
const entriesOnly = z.object({
  deployments: z.array(z.looseObject({ topics: z.record(z.string(), z.array(z.looseObject({}))) })),
})

export type DeploymentEntry = z.output<typeof deployment>
export type QueueBinding = z.output<typeof binding>

/**
 * Reads a deployments file.
 *
 * @param onWarning receives a line for each key that has no effect
 * @returns the enabled deployments
 * @throws ConfigError with one line per fault, each with the file and the path of the field
 */
export function readDeployments(path: string, onWarning: (line: string) => void = () => {}): DeploymentEntry[] {
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
  for (const line of ineffectiveKeys(content)) onWarning(prefix(path) + line)
  return parsed.data.deployments.filter(({ enabled }) => enabled)
}

function ineffectiveKeys(content: unknown): string[] {
  const parsed = entriesOnly.parse(content)
  return [
    ...unknownKeys('', content, keys.file),
    ...parsed.deployments.flatMap((fields, index) => {
      const path = `deployments.${index}`
      const url = typeof fields.transport_url === 'string' ? parseTransportUrl(fields.transport_url) : null
      return [
        ...unknownKeys(path, fields, keys.deployment),
        ...(url !== null && 'ignored' in url
          ? url.ignored.map((name) => `${path}.transport_url: the parameter ${name} is unknown and ignored`)
          : []),
        ...Object.entries(fields.topics).flatMap(([exchange, bindings]) =>
          bindings.flatMap((fields, place) => unknownKeys(`${path}.topics.${exchange}.${place}`, fields, keys.binding)),
        ),
      ]
    }),
  ]
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
