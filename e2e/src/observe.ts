import { expect } from '@jest/globals'
import type { TestProcess } from '@stacktach/testing'
import type { Pipeline } from './pipeline.ts'
import { type Exposition, parseExposition } from './promql.ts'

export const observedPrograms = ['ingest', 'jobs', 'api'] as const

type ObservedProgram = (typeof observedPrograms)[number]

/** The running processes of a pipeline, and requests to their metrics ports. */
export interface Observation {
  processes: Record<ObservedProgram, TestProcess>
  /** Sends a request to a process's metrics port. */
  request(program: ObservedProgram, path: string, options?: RequestInit): Promise<{ status: number; text: string }>
  scrape(program: ObservedProgram): Promise<Exposition>
  /** The API's URL. */
  api: string
}

/** Starts all processes of a pipeline whose environment has METRICS_PORT=0. */
export async function observe(pipeline: Pipeline): Promise<Observation> {
  const start = async (program: ObservedProgram) => {
    const process = await pipeline.start(program)
    const [, url = ''] = await process.printed(/"metrics":"([^"]+)"/)
    return { process, url }
  }
  const started = { ingest: await start('ingest'), jobs: await start('jobs'), api: await start('api') }
  const [, api = ''] = await started.api.process.printed(/"url":"([^"]+)"/)
  const request = async (program: ObservedProgram, path: string, options: RequestInit = {}) => {
    const response = await fetch(new URL(path, started[program].url), options)
    return { status: response.status, text: await response.text() }
  }
  return {
    processes: { ingest: started.ingest.process, jobs: started.jobs.process, api: started.api.process },
    request,
    async scrape(program) {
      const { status, text } = await request(program, '/metrics')
      expect(status).toBe(200)
      return parseExposition(text)
    },
    api,
  }
}

/** The sum of a metric's samples with these labels. The name has no `stacktach_` prefix. */
export function total({ samples }: Exposition, name: string, labels: Record<string, string> = {}): number {
  return samples
    .filter((sample) => sample.name === `stacktach_${name}`)
    .filter((sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value))
    .reduce((sum, { value }) => sum + value, 0)
}
