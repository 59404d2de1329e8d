import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { ConfigError } from './readConfig.ts'

const binding = z.object({
  queue: z.string().min(1),
  routing_key: z.string().min(1),
  /** The exchange that the queue is bound to instead: one that shares out what it gets from the cloud's. It must be there. */
  from: z.string().min(1).optional(),
})

/** One entry of the deployments file, in StackTach's own format; what it has besides is ignored. */
const entry = z.object({
  name: z.string().min(1),
  rabbit_host: z.string().default('127.0.0.1'),
  rabbit_port: z
    .union([z.number(), z.string().regex(/^\d+$/).transform(Number)])
    .pipe(z.number().int().min(1).max(65535))
    .optional(),
  /** TLS (amqps). The broker's certificate must be one that Node trusts: NODE_EXTRA_CA_CERTS names more authorities. */
  rabbit_tls: z.boolean().default(false),
  rabbit_userid: z.string().default('guest'),
  rabbit_password: z.string().default('guest'),
  rabbit_virtual_host: z.string().default('/'),
  /** Exchanges and queues are declared durable or not, as the cloud's own are. */
  durable_queue: z.boolean().default(true),
  queue_arguments: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  enabled: z.boolean().default(true),
  /** Exchange name to the queues bound to it. */
  topics: z.record(z.string().min(1), z.array(binding)),
})

const deployment = entry.transform((given) => ({
  ...given,
  rabbit_port: given.rabbit_port ?? (given.rabbit_tls ? 5671 : 5672),
}))

const deploymentsFile = z.object({ deployments: z.array(deployment) })

/** The names alone, so that two alike are told of even where an entry is wrong in another way. */
const namesOnly = z.object({ deployments: z.array(z.object({ name: z.string() }).nullable().catch(null)) })

export type DeploymentEntry = z.output<typeof deployment>
export type QueueBinding = z.output<typeof binding>

/**
 * The enabled deployments of a deployments file.
 *
 * @throws ConfigError naming the file and every entry of it that is wrong.
 */
export function readDeployments(path: string): DeploymentEntry[] {
  const content = readJson(path)
  const parsed = deploymentsFile.safeParse(content)
  const names = namesOnly.safeParse(content).data?.deployments.map((entry) => entry?.name) ?? []
  const faults = [
    ...(parsed.error?.issues ?? []).map(({ path: place, message }) => `${place.join('.')}: ${message}`),
    ...names.flatMap((name, index) =>
      name !== undefined && names.indexOf(name) < index ? [`deployments.${index}.name: ${name} is there twice`] : [],
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
      ENOENT: 'there is no such file',
      EACCES: 'this user may not read it',
      EISDIR: 'this is a folder',
    }
    throw new ConfigError(prefix(path) + (reasons[String(code)] ?? String(error)))
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    // Node's message quotes the text around the fault, which may be a password.
    const position = /at position \d+(?: \(line \d+ column \d+\))?/.exec(error instanceof Error ? error.message : '')
    throw new ConfigError(`${prefix(path)}is not JSON${position ? `, ${position[0]}` : ': jq . says where'}`)
  }
}
