import { findProgram } from './binaries.mjs'
import { withLock } from './lock.mjs'
import { aptInstall, LOCK } from './packages.mjs'
import { withoutPackageServices } from './policy.mjs'
import { note, ServicesError } from './report.mjs'
import { isRoot } from './users.mjs'

/**
 * The programs that only tests need: Debian's package, and the program's name in it.
 * @type {Record<string, [packageName: string, program: string]>}
 */
const TOOLS = {
  'systemd-analyze': ['systemd', 'systemd-analyze'],
  prometheus: ['prometheus', 'prometheus'],
  promtool: ['prometheus', 'promtool'],
  alertmanager: ['prometheus-alertmanager', 'prometheus-alertmanager'],
  amtool: ['prometheus-alertmanager', 'amtool'],
  buildah: ['buildah', 'buildah'],
  debootstrap: ['debootstrap', 'debootstrap'],
}

/** @param {string} name */
const toolOf = (name) => TOOLS[name] ?? [name, name]

/** @param {string} name */
const findTool = (name) => findProgram(toolOf(name)[1])

/**
 * The paths of programs that tests need; as root on Debian it installs the missing packages.
 * @param {string[]} names
 * @returns {Promise<string[]>} in the order of the names
 * @throws {ServicesError} if one is still missing
 */
export async function ensureTools(names) {
  const missing = () => names.filter((name) => findTool(name) === undefined)
  const packages = () => [...new Set(missing().map((name) => toolOf(name)[0]))]
  if (missing().length > 0 && isRoot() && findProgram('apt-get')) {
    await withLock(LOCK, async () => {
      if (missing().length === 0) return
      note(`installing ${packages().join(', ')} with apt-get; this may take a minute`)
      await withoutPackageServices(() => aptInstall(packages()))
    })
  }
  if (missing().length > 0) {
    throw new ServicesError(`${missing().join(', ')} not installed: install ${packages().join(', ')}`)
  }
  return names.map((name) => findTool(name) ?? name)
}
