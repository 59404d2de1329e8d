// Checks the modules of the project: no two exports of the product have one name, every export is imported somewhere, and
// neither modules nor the folders of a workspace import each other in a cycle.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from '../setup.mjs'
import { findCycles, parseModule } from './modules.mjs'
import { projectFiles } from './projectFiles.mjs'

const sources = projectFiles().filter((file) => /\.(?:tsx?|mjs)$/.test(file) && !file.endsWith('.d.ts'))
const modules = new Map(
  sources.map((file) => {
    const source = readFileSync(join(root, file), 'utf8')
    return [file, { source, ...parseModule(source) }]
  }),
)

/** The index of each package, by the name under which others import it. */
const indexes = new Map(
  projectFiles()
    .filter((file) => /^(?:(?:apps|packages)\/[^/]+|faults|bench|e2e)\/package\.json$/.test(file))
    .map((file) => {
      const { name } = JSON.parse(readFileSync(join(root, file), 'utf8'))
      return [name, join(dirname(file), 'src/index.ts')]
    }),
)

/**
 * The file of an import; undefined for a package of npm.
 * @param {string} file
 * @param {string} from
 */
function resolve(file, from) {
  if (!from.startsWith('.')) return indexes.get(from)
  const path = join(dirname(file), from)
  return path.includes('/dist/') ? path.replace('/dist/', '/src/').replace(/\.js$/, '.ts') : path
}

const isTest = (/** @type {string} */ file) => /\.(?:test|testkit)\.|\/(?:testkit|test|samples)\//.test(file)
const isIndex = (/** @type {string} */ file) => file.endsWith('/src/index.ts')
/** Shipped code: no tests, test tools or generated code. */
const isProduct = (/** @type {string} */ file) =>
  /^(?:apps|packages)\/[^/]+\/src\//.test(file) && !/^packages\/(?:simulator|testing)\//.test(file) && !isTest(file)

/** @type {string[]} */
const problems = []

// Two exports of one name.
/** @type {Map<string, string[]>} */
const declaredIn = new Map()
for (const [file, { declarations }] of modules) {
  if (!isProduct(file)) continue
  for (const name of new Set(declarations.map((declaration) => declaration.name))) {
    declaredIn.set(name, [...(declaredIn.get(name) ?? []), file])
  }
}
for (const [name, files] of declaredIn) {
  if (files.length > 1) problems.push(`${name} is exported by ${files.join(' and ')}: rename one`)
}

// Exports that nothing imports.
/** @type {Set<string>} `file:name` */
const used = new Set()
/**
 * Marks an imported name as used, in the file that declares it and in each index on the way.
 * @param {string} file
 * @param {string} name
 */
function use(file, name) {
  if (used.has(`${file}:${name}`)) return
  used.add(`${file}:${name}`)
  for (const reExport of modules.get(file)?.reExports ?? []) {
    const target = resolve(file, reExport.from)
    if (target === undefined) continue
    if (reExport.name === '*') use(target, name)
    else if (reExport.exportedAs === name) use(target, reExport.name)
  }
}
for (const [file, { imports }] of modules) {
  for (const { from, names, isWhole } of imports) {
    const target = resolve(file, from)
    if (target === undefined) continue
    const { declarations = [], reExports = [] } = modules.get(target) ?? {}
    const all = [...declarations.map(({ name }) => name), ...reExports.map(({ exportedAs }) => exportedAs)]
    for (const name of isWhole ? all : names) use(target, name)
  }
}
// A type that an index exports describes parameters or results of the package's functions.
for (const [file, { reExports }] of modules) {
  if (!isIndex(file)) continue
  for (const { from, name, exportedAs, isType } of reExports) {
    const target = resolve(file, from)
    if (isType && target !== undefined) use(target, name)
    if (!isType && name !== '*' && !used.has(`${file}:${exportedAs}`) && isProduct(file)) {
      problems.push(`${file} exports ${exportedAs}, which no other package imports: remove it`)
    }
  }
}
for (const [file, { source, declarations }] of modules) {
  if (!isProduct(file)) continue
  for (const { name, isType, line } of declarations) {
    // A type may occur in the signature of another export.
    const occurrences = source.match(new RegExp(`\\b${name}\\b`, 'g'))?.length ?? 0
    if (used.has(`${file}:${name}`) || (isType && occurrences > 1)) continue
    problems.push(`${file}:${line}: ${name} is exported but not imported: remove \`export\` or the declaration`)
  }
}

// Cycles of modules, type imports included, and of the folders below a workspace's src.
/** @type {Map<string, Set<string>>} */
const moduleEdges = new Map()
/** @type {Map<string, Set<string>>} */
const folderEdges = new Map()
/** @type {Map<string, string[]>} */
const folderImports = new Map()
const folderOf = (/** @type {string} */ file) => /^(.*?\/src\/[^/]+)/.exec(file)?.[1] ?? file
for (const [file, { imports }] of modules) {
  if (isTest(file)) continue
  moduleEdges.set(file, new Set())
  const folder = folderOf(file)
  folderEdges.set(folder, folderEdges.get(folder) ?? new Set())
  for (const { from } of imports) {
    const target = resolve(file, from)
    if (target === undefined) continue
    if (!existsSync(join(root, target))) problems.push(`${file} imports ${target}, which does not exist`)
    moduleEdges.get(file)?.add(target)
    if (folderOf(target) === folder) continue
    folderEdges.get(folder)?.add(folderOf(target))
    const key = `${folder} -> ${folderOf(target)}`
    folderImports.set(key, [...(folderImports.get(key) ?? []), `${file} -> ${target}`])
  }
}
for (const cycle of findCycles(moduleEdges)) problems.push(`modules import each other: ${cycle.join(', ')}`)
for (const cycle of findCycles(folderEdges)) {
  problems.push(`folders import each other: ${cycle.join(', ')}`)
  for (const [key, imports] of folderImports) {
    const [from = '', to = ''] = key.split(' -> ')
    if (cycle.includes(from) && cycle.includes(to)) problems.push(`  ${key}: ${imports.length}, e.g. ${imports[0]}`)
  }
}

for (const problem of problems) process.stdout.write(`${problem}\n`)
if (problems.length > 0) process.exitCode = 1
