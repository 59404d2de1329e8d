import { describeBrokerError } from '@stacktach/broker'
import { idleQueues } from '@stacktach/jobs'
import { operatorConfig, readDeployments } from '@stacktach/runtime'
import { Argument, Command } from 'commander'
import { type BrokerQueue, brokerQueues } from '../brokerQueues.ts'
import { withQueues } from '../connections.ts'

const API_TIMEOUT_MS = 5_000

/** Each check returns its problems, one line each. */
const checks = {
  async ingest(): Promise<string[]> {
    const deployments = readDeployments(operatorConfig(process.env).STACKTACH_DEPLOYMENTS_FILE)
    const brokerErrors = new Map<string, string>()
    const queues = await brokerQueues(deployments, (deployment, error) => {
      brokerErrors.set(deployment.name, describeBrokerError(error, deployment))
    })
    return ingestProblems(queues, brokerErrors)
  },
  async jobs(): Promise<string[]> {
    return (await withQueues(idleQueues)).map((queue) => `no jobs process works on queue ${queue}`)
  },
  async api(url: string): Promise<string[]> {
    try {
      const { ok, status } = await fetch(new URL('/readyz', url), { signal: AbortSignal.timeout(API_TIMEOUT_MS) })
      return ok ? [] : [`${url} returned status ${status}`]
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
      return [`${url} does not answer (${cause instanceof Error ? cause.message : cause})`]
    }
  },
}

/**
 * Problems of ingest: unavailable brokers, and queues of the others without a consumer.
 *
 * @param brokerErrors by deployment
 */
export function ingestProblems(queues: readonly BrokerQueue[], brokerErrors: ReadonlyMap<string, string>): string[] {
  const idle = queues.filter(({ deployment, consumers }) => !brokerErrors.has(deployment) && !consumers)
  return [
    ...[...brokerErrors].map(([deployment, message]) => `${deployment}: ${message}`),
    // A queue may be listed under several exchanges.
    ...new Set(idle.map(({ deployment, queue }) => `${deployment}: queue ${queue} has no consumer`)),
  ]
}

/** `stacktach check <process>`, for health checks and monitoring; it passes if any process of the kind is working. */
export function checkCommand(): Command {
  return new Command('check')
    .description('check that a process is working: exit code 0, or 1 and one line per problem')
    .addArgument(new Argument('<process>', 'process to check').choices(Object.keys(checks)))
    .option('--url <url>', 'address of the API', 'http://127.0.0.1:8000')
    .action(async (process: keyof typeof checks, { url }: { url: string }) => {
      const problems = await checks[process](url)
      if (problems.length > 0) throw new Error(problems.join('\n'))
    })
}
