// Adds the binaries of other platforms to package-lock.json. npm omits them if it cannot look them up, and `npm ci` then
// rejects the file on every platform. Their versions are exact in the packages that depend on them, and their names
// contain the platform. Run it after every change of a dependency; existing entries are not changed.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * @typedef {{ version?: string, os?: string[], cpu?: string[], optional?: boolean, dev?: boolean,
 *   optionalDependencies?: Record<string, string> }} Entry
 */

const path = fileURLToPath(new URL('../package-lock.json', import.meta.url))
/** @type {{ packages: Record<string, Entry> }} */
const lock = JSON.parse(readFileSync(path, 'utf8'))

/** @type {Record<string, string>} */
const systems = {
  android: 'android',
  darwin: 'darwin',
  linux: 'linux',
  win32: 'win32',
  windows: 'win32',
  freebsd: 'freebsd',
  openharmony: 'openharmony',
}
/** @type {Record<string, string>} */
const processors = {
  arm64: 'arm64',
  x64: 'x64',
  64: 'x64',
  arm: 'arm',
  ia32: 'ia32',
  ppc64: 'ppc64',
  s390x: 's390x',
  riscv64: 'riscv64',
  loong64: 'loong64',
}

/**
 * The `os` and `cpu` of a platform's package, from its name.
 * @param {string} name
 */
function platformOf(name) {
  const words = name.split(/[-/]/)
  const os = words.map((word) => systems[word]).find(Boolean)
  const cpu = words.map((word) => processors[word]).find(Boolean)
  return os && cpu ? { os: [os], cpu: [cpu] } : undefined
}

let added = 0
for (const entry of Object.values({ ...lock.packages })) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const key = `node_modules/${name}`
    const platform = platformOf(name)
    if (lock.packages[key] || !platform || !/^\d/.test(version)) continue
    lock.packages[key] = { version, ...platform, optional: true, ...(entry.dev ? { dev: true } : {}) }
    added++
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)))
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`)
process.stderr.write(`added ${added} packages of other platforms\n`)
