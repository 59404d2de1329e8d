import { writeFile } from 'node:fs/promises'
import { simulateCloud } from '../simulateCloud.ts'
import type { Task } from './command.ts'
import { printMessages } from '../output/print.ts'
import { publishMessages } from '../output/publish.ts'

/** Does what was asked for, until it is done or `signal` is aborted; the truth is of what went out. */
export async function run(task: Task, signal: AbortSignal): Promise<void> {
  const cloud = simulateCloud(task.cloud)
  if (task.brokers === null) {
    await printMessages(cloud.messages, process.stdout, task, signal)
  } else {
    const { published, unroutable } = await publishMessages(cloud.messages, task.brokers, { ...task, signal })
    console.error(`published ${published} messages`)
    if (unroutable > 0) console.error(`${unroutable} of them had no queue to go to`)
  }
  if (task.truthFile !== null) await writeFile(task.truthFile, `${JSON.stringify(cloud.truth(), null, 1)}\n`)
}
