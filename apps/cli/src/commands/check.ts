import { describeBrokerError } from '@stacktach/broker'
import { idleQueues } from '@stacktach/jobs'
import { operatorConfig, readDeployments } from '@stacktach/runtime'
import { Argument, Command } from 'commander'
import { type BrokerQueue, brokerQueues } from '../brokerQueues.ts'
import { withQueues } from '../connections.ts'

const ANSWER_TIMEOUT_MS = 5_000

const DEFAULT_API_URL = 'http://127.0.0.1:8000'

/** Each check returns its problems, one line each. */
const checks = {
  async ingest(url?: string): Promise<string[]> {
    if (url !== undefined) return notReadyReasons(url)
    const deployments = readDeployments(operatorConfig(process.env).STACKTACH_DEPLOYMENTS_FILE)
    const brokerErrors = new Map<string, string>()
    const queues = await brokerQueues(deployments, (deployment, error) => {
      brokerErrors.set(deployment.name, describeBrokerError(error, deployment))
    })
    return ingestProblems(queues, brokerErrors)
  },
  async jobs(url?: string): Promise<string[]> {
    if (url !== undefined) return notReadyReasons(url)
    return (await withQueues(idleQueues)).map((queue) => `no jobs process works on queue ${queue}`)
  },
  api: (url: string = DEFAULT_API_URL): Promise<string[]> => notReadyReasons(url),
}

/** What the process at an address says is missing. */
async function notReadyReasons(url: string): Promise<string[]> {
  try {
    const answer = await fetch(new URL('/readyz', url), { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) })
    if (answer.ok) return []
    const reasons = answer.headers.get('content-type')?.startsWith('text/plain') ? (await answer.text()).trim() : ''
    return reasons === '' ? [`${url} returned status ${answer.status}`] : reasons.split('\n')
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    return [`${url} does not answer (${cause instanceof Error ? cause.message : cause})`]
  }
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

/**
 * `stacktach check <process>`, for health checks and monitoring. It passes if any process of the kind is working; with an
 * address, if the process there is.
 */
export function checkCommand(): Command {
  return new Command('check')
    .description('check that a process is working: exit code 0, or 1 and one line per problem')
    .addArgument(new Argument('<process>', 'process to check').choices(Object.keys(checks)))
    .option('--url <url>', `address of the api (default: ${DEFAULT_API_URL}), or of the metrics of one process`)
    .action(async (process: keyof typeof checks, { url }: { url?: string }) => {
      const problems = await checks[process](url)
      if (problems.length > 0) throw new Error(problems.join('\n'))
    })
}
