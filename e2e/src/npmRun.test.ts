import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from '@jest/globals'
import { root } from './deploy.ts'
import { startPipeline } from './pipeline.ts'

test.each([
  ['SIGTERM', 'npm only'],
  ['SIGINT', 'npm only'],
  // Like Ctrl-C in a terminal; npm forwards the signal to the program as well.
  ['SIGINT', 'npm and its program'],
] as const)('%s to %s stops the program that npm runs', async (signal, receiver) => {
  const pipeline = await startPipeline(['east'])
  const { PATH, HOME } = process.env
  const npm = spawn('npm', ['run', '-s', 'jobs'], {
    cwd: root,
    env: { PATH, HOME, ...pipeline.environment },
    detached: true,
  })
  const sendSignal = () => process.kill(receiver === 'npm only' ? (npm.pid ?? 0) : -(npm.pid ?? 0), signal)
  try {
    let output = ''
    for await (const chunk of npm.stdout) {
      if (!output.includes('"started"') && (output + chunk).includes('"started"')) sendSignal()
      output += chunk
    }
    // The pipe is closed when both processes have exited.
    expect(output).toContain('"msg":"stopped"')
    if (npm.exitCode === null && npm.signalCode === null) await once(npm, 'exit')
  } finally {
    npm.kill('SIGKILL')
    await pipeline.stop()
  }
})
