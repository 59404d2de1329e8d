import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from '@jest/globals'
import { root } from './deploy.ts'
import { startPipeline } from './pipeline.ts'

test.each(['SIGTERM', 'SIGINT'] as const)('%s given to npm alone stops the program that npm runs', async (signal) => {
  const pipeline = await startPipeline(['east'])
  const { PATH, HOME } = process.env
  const npm = spawn('npm', ['run', '-s', 'jobs'], { cwd: root, env: { PATH, HOME, ...pipeline.environment } })
  try {
    let output = ''
    for await (const chunk of npm.stdout) {
      if (!output.includes('"started"') && (output + chunk).includes('"started"')) npm.kill(signal)
      output += chunk
    }
    // The pipe is closed when nobody writes to it any more.
    expect(output).toContain('"msg":"stopped"')
    if (npm.exitCode === null && npm.signalCode === null) await once(npm, 'exit')
  } finally {
    npm.kill('SIGKILL')
    await pipeline.stop()
  }
})
