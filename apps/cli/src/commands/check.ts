import { idleQueues } from '@stacktach/jobs'
import { describeBrokerError, operatorConfig, readDeployments } from '@stacktach/runtime'
import { Argument, Command } from 'commander'
import { withQueues } from '../connections.ts'
import { waitingQueues } from '../queues.ts'

/** Milliseconds that the api has to answer in. */
const PATIENCE = 5_000

/** What keeps a process from doing its work, a sentence each; none: it works. */
const checks = {
  async ingest(): Promise<string[]> {
    const deployments = readDeployments(operatorConfig(process.env).STACKTACH_DEPLOYMENTS_FILE)
    const troubles: string[] = []
    const away = new Set<string>()
    const queues = await waitingQueues(deployments, (deployment, error) => {
      away.add(deployment.name)
      troubles.push(`${deployment.name}: ${describeBrokerError(error, deployment)}`)
    })
    const idle = queues.filter(({ deployment, consumers }) => !away.has(deployment) && !consumers)
    return [...troubles, ...idle.map(({ deployment, queue }) => `${deployment}: nobody consumes ${queue}`)]
  },
  async jobs(): Promise<string[]> {
    return (await withQueues(idleQueues)).map((queue) => `nobody works on the jobs of ${queue}`)
  },
  async api(url: string): Promise<string[]> {
    try {
      const { ok, status } = await fetch(new URL('/readyz', url), { signal: AbortSignal.timeout(PATIENCE) })
      return ok ? [] : [`${url} answers ${status}`]
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
      return [`${url} does not answer (${cause instanceof Error ? cause.message : cause})`]
    }
  },
}

/** For health checks of containers and of monitoring: one process of the kind that works is enough. */
export function checkCommand(): Command {
  return new Command('check')
    .description('whether a process does its work: exit code 0, or 1 and a line for each reason')
    .addArgument(new Argument('<process>').choices(Object.keys(checks)))
    .option('--url <url>', 'where the api listens', 'http://127.0.0.1:8000')
    .action(async (process: keyof typeof checks, { url }: { url: string }) => {
      const troubles = await checks[process](url)
      if (troubles.length > 0) throw new Error(troubles.join('\n'))
    })
}
