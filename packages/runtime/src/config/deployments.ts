import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { ConfigError } from './readConfig.ts'

const binding = z.object({ queue: z.string().min(1), routing_key: z.string().min(1) })

/** One entry of the deployments file, in StackTach's own format; what it has besides is ignored. */
const deployment = z.object({
  name: z.string().min(1),
  rabbit_host: z.string().default('127.0.0.1'),
  rabbit_port: z.coerce.number().int().min(1).max(65535).default(5672),
  rabbit_userid: z.string().default('guest'),
  rabbit_password: z.string().default('guest'),
  rabbit_virtual_host: z.string().default('/'),
  /** Exchanges and queues are declared durable or not, as the cloud's own are. */
  durable_queue: z.boolean().default(true),
  queue_arguments: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  exit_on_exception: z.boolean().default(false),
  enabled: z.boolean().default(true),
  /** Exchange name to the queues bound to it. */
  topics: z.record(z.string().min(1), z.array(binding)),
})

const deploymentsFile = z.object({
  deployments: z.array(deployment).superRefine((deployments, context) => {
    const names = deployments.map(({ name }) => name)
    for (const [index, name] of names.entries()) {
      if (names.indexOf(name) !== index)
        context.addIssue({ code: 'custom', message: `${name} is there twice`, path: [index, 'name'] })
    }
  }),
})

export type DeploymentEntry = z.output<typeof deployment>
export type QueueBinding = z.output<typeof binding>

/**
 * The enabled deployments of a deployments file.
 *
 * @throws ConfigError naming the file and every entry of it that is wrong.
 */
export function readDeployments(path: string): DeploymentEntry[] {
  let content: unknown
  try {
    content = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new ConfigError(
      `STACKTACH_DEPLOYMENTS_FILE ${path}: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
  const parsed = deploymentsFile.safeParse(content)
  if (parsed.success) return parsed.data.deployments.filter(({ enabled }) => enabled)
  throw new ConfigError(
    parsed.error.issues
      .map(({ path: place, message }) => `STACKTACH_DEPLOYMENTS_FILE ${path}: ${place.join('.')}: ${message}`)
      .join('\n'),
  )
}
