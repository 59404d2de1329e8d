import { expect } from '@jest/globals'
import type { TestProcess } from '@stacktach/testing'
import type { Pipeline } from './pipeline.ts'
import { type Exposition, parseExposition } from './promql.ts'

export const observedPrograms = ['ingest', 'jobs', 'api'] as const

type Observed = (typeof observedPrograms)[number]

/** The running processes of a pipeline, and requests to their metrics ports. */
export interface Observation {
  processes: Record<Observed, TestProcess>
  /** Requests a path from a process's metrics port. */
  ask(program: Observed, path: string, options?: RequestInit): Promise<{ status: number; text: string }>
  scrape(program: Observed): Promise<Exposition>
  /** The API's URL. */
  api: string
}

/** Starts all processes of a pipeline whose environment has METRICS_PORT=0. */
export async function observe(pipeline: Pipeline): Promise<Observation> {
  const start = async (program: Observed) => {
    const process = await pipeline.start(program)
    const [, url = ''] = await process.printed(/"metrics":"([^"]+)"/)
    return { process, url }
  }
  const started = { ingest: await start('ingest'), jobs: await start('jobs'), api: await start('api') }
  const [, api = ''] = await started.api.process.printed(/"url":"([^"]+)"/)
  const ask = async (program: Observed, path: string, options: RequestInit = {}) => {
    const response = await fetch(new URL(path, started[program].url), options)
    return { status: response.status, text: await response.text() }
  }
  return {
    processes: { ingest: started.ingest.process, jobs: started.jobs.process, api: started.api.process },
    ask,
    async scrape(program) {
      const { status, text } = await ask(program, '/metrics')
      expect(status).toBe(200)
      return parseExposition(text)
    },
    api,
  }
}

/** The sum of a metric's samples with these labels. The name is given without the prefix. */
export function total({ samples }: Exposition, name: string, labels: Record<string, string> = {}): number {
  return samples
    .filter((sample) => sample.name === `stacktach_${name}`)
    .filter((sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value))
    .reduce((sum, { value }) => sum + value, 0)
}
