import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { onInterrupt } from './interrupt.mjs'
import { run } from './run.mjs'

// Debian's packages ask this program before they start a service; the exit code 101 forbids it.
const POLICY = '/usr/sbin/policy-rc.d'
const MARK = '# Temporary, by the development servers script of StackTach.'
const FORBIDS = `#!/bin/sh\n${MARK}\nexit 101\n`
const SERVICES = ['postgresql', 'redis-server', 'rabbitmq-server', 'epmd']

/** Whether the policy is ours, left by a run that was killed. */
function isOurs(policy) {
  return existsSync(policy) && readFileSync(policy, 'utf8').includes(MARK)
}

async function forbidsAlready(policy) {
  if (!existsSync(policy) || isOurs(policy)) return false
  for (const service of SERVICES) {
    // run() only tells success from failure, so the shell turns the one code that counts into success.
    const { ok } = await run('sh', ['-c', '"$0" "$1" start; [ $? -eq 101 ]', policy, service])
    if (!ok) return false
  }
  return true
}

/**
 * Runs a step during which packages start no services. The machine's own policy, if it has one, is put back afterwards
 * as it was, also when a signal ends the script.
 * @template T
 * @param {() => Promise<T>} step
 * @param {string} [policy] path of the policy program
 * @returns {Promise<T>}
 */
export async function withoutPackageServices(step, policy = POLICY) {
  if (await forbidsAlready(policy)) return step()
  const kept = `${policy}.before-stacktach`
  const undo = () => {
    rmSync(policy, { force: true })
    if (existsSync(kept)) renameSync(kept, policy)
  }
  const forget = onInterrupt(undo)
  if (existsSync(policy) && !isOurs(policy)) renameSync(policy, kept)
  writeFileSync(policy, FORBIDS, { mode: 0o755 })
  try {
    return await step()
  } finally {
    undo()
    forget()
  }
}
