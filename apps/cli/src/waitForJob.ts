import type { JobName, Producer } from '@stacktach/jobs'
import { ProgressLine } from './progress.ts'

type Enqueued = Awaited<ReturnType<Producer['enqueue']>>

/** Milliseconds that a command waits for a job. */
const PATIENCE = 60 * 60_000

/** Milliseconds after which one that waits is told that nobody has taken its job. */
const NOBODY = 10_000

/**
 * Waits for a job and shows how far it is.
 *
 * @param what the job does, for people
 * @returns what its handler returned
 */
export async function waitForJob(
  producer: Producer,
  name: JobName,
  job: Enqueued,
  what: string,
  silent: boolean,
): Promise<unknown> {
  const line = new ProgressLine(silent)
  const began = Date.now()
  let told = silent
  try {
    return await producer.result(name, job, PATIENCE, (state, progress) => {
      const seconds = Math.floor((Date.now() - began) / 1000)
      if (!told && state === 'waiting' && seconds * 1000 >= NOBODY) {
        told = true
        line.clear()
        console.error('no jobs process has taken it yet: npm run jobs starts one; the job stays without this command')
      }
      line.show(`${what}: ${state === 'active' ? said(progress) : 'waits for a jobs process'} ${seconds} s`)
    })
  } finally {
    line.clear()
  }
}

/** Numbers that a job told, as `stored 500, rejected 2`. */
function said(progress: unknown): string {
  if (typeof progress !== 'object' || progress === null) return 'at work'
  const numbers = Object.entries(progress).filter(([name, value]) => name !== 'after' && typeof value === 'number')
  return numbers.map(([name, value]) => `${name} ${value}`).join(', ') || 'at work'
}
