// Npm leaves the binaries of other platforms out of package-lock.json when it cannot look them up, and `npm ci` then
// refuses the file, on every platform. This adds them: their versions are exact in the packages that ask for them, and
// their names say what they are for. Run it after every change of a dependency; it changes nothing that is there.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const path = fileURLToPath(new URL('../package-lock.json', import.meta.url))
const lock = JSON.parse(readFileSync(path, 'utf8'))

const systems = {
  android: 'android',
  darwin: 'darwin',
  linux: 'linux',
  win32: 'win32',
  windows: 'win32',
  freebsd: 'freebsd',
  openharmony: 'openharmony',
}
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

/** What a platform's package says in its `os` and `cpu`, from its name. */
function platform(name) {
  const words = name.split(/[-/]/)
  const os = words.map((word) => systems[word]).find(Boolean)
  const cpu = words.map((word) => processors[word]).find(Boolean)
  return os && cpu ? { os: [os], cpu: [cpu] } : undefined
}

let added = 0
for (const entry of Object.values({ ...lock.packages })) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const place = `node_modules/${name}`
    const where = platform(name)
    if (lock.packages[place] || !where || !/^\d/.test(version)) continue
    lock.packages[place] = { version, ...where, optional: true, ...(entry.dev ? { dev: true } : {}) }
    added++
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)))
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`)
process.stderr.write(`added ${added} packages of other platforms\n`)
