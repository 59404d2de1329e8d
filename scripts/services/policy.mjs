import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { onInterrupt } from './interrupt.mjs'
import { run } from './run.mjs'

// Debian's packages run this program before they start a service; exit code 101 forbids the start.
const POLICY = '/usr/sbin/policy-rc.d'
const MARK = '# Temporary, by the development servers script of StackTach.'
const FORBID_ALL = `#!/bin/sh\n${MARK}\nexit 101\n`
const SERVICES = ['postgresql', 'redis-server', 'rabbitmq-server', 'epmd']

/**
 * Whether the policy was written here, by a run that was killed.
 * @param {string} policy
 */
function isOurs(policy) {
  return existsSync(policy) && readFileSync(policy, 'utf8').includes(MARK)
}

/** @param {string} policy */
async function alreadyForbids(policy) {
  if (!existsSync(policy) || isOurs(policy)) return false
  for (const service of SERVICES) {
    // run() reports only success or failure, so the shell turns code 101 into success.
    const { ok } = await run('sh', ['-c', '"$0" "$1" start; [ $? -eq 101 ]', policy, service])
    if (!ok) return false
  }
  return true
}

/**
 * Runs a step during which packages start no services. An existing policy of the machine is restored afterwards, also
 * when a signal ends the script.
 * @template T
 * @param {() => Promise<T>} step
 * @param {string} [policy] path of the policy program
 * @returns {Promise<T>}
 */
export async function withoutPackageServices(step, policy = POLICY) {
  if (await alreadyForbids(policy)) return step()
  const original = `${policy}.before-stacktach`
  const restore = () => {
    rmSync(policy, { force: true })
    if (existsSync(original)) renameSync(original, policy)
  }
  const unregister = onInterrupt(restore)
  if (existsSync(policy) && !isOurs(policy)) renameSync(policy, original)
  writeFileSync(policy, FORBID_ALL, { mode: 0o755 })
  try {
    return await step()
  } finally {
    restore()
    unregister()
  }
}
