import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from '@jest/globals'
import { root } from './deploy.ts'
import { startPipeline } from './pipeline.ts'

test.each([
  ['SIGTERM', 'to npm alone'],
  ['SIGINT', 'to npm alone'],
  // As a terminal does for Ctrl-C; npm then gives it to the program, too.
  ['SIGINT', 'to npm and its program'],
] as const)('%s given %s stops the program that npm runs, in order', async (signal, to) => {
  const pipeline = await startPipeline(['east'])
  const { PATH, HOME } = process.env
  const npm = spawn('npm', ['run', '-s', 'jobs'], {
    cwd: root,
    env: { PATH, HOME, ...pipeline.environment },
    detached: true,
  })
  const give = () => process.kill(to === 'to npm alone' ? (npm.pid ?? 0) : -(npm.pid ?? 0), signal)
  try {
    let output = ''
    for await (const chunk of npm.stdout) {
      if (!output.includes('"started"') && (output + chunk).includes('"started"')) give()
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
