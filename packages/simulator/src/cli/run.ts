import { writeFile } from 'node:fs/promises'
import { simulateCloud } from '../cloud/simulateCloud.ts'
import { printMessages } from '../output/print.ts'
import { publishMessages } from '../output/publish.ts'
import type { ParsedCommand } from './command.ts'

/** Runs a command until it is done or `signal` is aborted; the truth file covers the messages that were sent. */
export async function run(command: ParsedCommand, signal: AbortSignal): Promise<void> {
  const cloud = simulateCloud(command.cloud)
  if (command.brokers === null) {
    await printMessages(cloud.messages, process.stdout, command, signal)
  } else {
    const { published, unroutable } = await publishMessages(cloud.messages, command.brokers, {
      ...command,
      exchanges: cloud.exchanges,
      signal,
    })
    console.error(`published ${published} messages`)
    if (unroutable > 0) console.error(`${unroutable} of them were unroutable: no queue is bound for them`)
  }
  if (command.truthFile !== null) await writeFile(command.truthFile, `${JSON.stringify(cloud.truth(), null, 1)}\n`)
}
