/**
 * What a module imports, declares and passes on.
 * @typedef {object} Module
 * @property {Import[]} imports all modules that it imports or re-exports from
 * @property {Declaration[]} declarations its exported declarations
 * @property {ReExport[]} reExports
 * @typedef {{ from: string, names: string[], isWhole: boolean }} Import isWhole: `import * as` or `import()`
 * @typedef {{ name: string, isType: boolean, line: number }} Declaration
 * @typedef {{ from: string, name: string, exportedAs: string, isType: boolean }} ReExport name: `*` for all
 */

const COMMENTS = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm
const DECLARATION =
  /^export (?:declare )?(?:abstract )?(async function|function|const|let|class|interface|type|enum)\*? (\w+)/gm
const FROM = /^(import|export) (type )?(?:(\* as \w+|\*)|(\w+)|(?:\w+, )?\{([^}]*)\})\s*from '([^']+)'/gm
const DYNAMIC = /\bimport\('([^']+)'\)/g
const SIDE_EFFECT = /^import '([^']+)'/gm

/**
 * Reads the imports and exports of a formatted TypeScript or JavaScript module.
 * @param {string} source
 * @returns {Module}
 */
export function parseModule(source) {
  const code = source.replace(COMMENTS, (comment) => comment.replace(/[^\n]/g, ' '))
  const declarations = [...code.matchAll(DECLARATION)].map(({ index, 1: kind, 2: name = '' }) => ({
    name,
    isType: kind === 'interface' || kind === 'type',
    line: code.slice(0, index).split('\n').length,
  }))
  /** @type {Import[]} */
  const imports = []
  /** @type {ReExport[]} */
  const reExports = []
  for (const [, keyword, typeOnly, whole, defaultName, list, from = ''] of code.matchAll(FROM)) {
    const names = namesOf(list ?? defaultName ?? '')
    imports.push({
      from,
      names: keyword === 'import' ? names.map(({ name }) => name) : [],
      isWhole: keyword === 'import' && whole !== undefined,
    })
    if (keyword === 'import') continue
    if (whole === '*') reExports.push({ from, name: '*', exportedAs: '*', isType: false })
    for (const { name, alias, isType } of names) {
      reExports.push({ from, name, exportedAs: alias, isType: isType || typeOnly !== undefined })
    }
  }
  for (const [, from = ''] of code.matchAll(DYNAMIC)) imports.push({ from, names: [], isWhole: true })
  for (const [, from = ''] of code.matchAll(SIDE_EFFECT)) imports.push({ from, names: [], isWhole: false })
  return { imports, declarations, reExports }
}

/**
 * The names of `a, type b as c`.
 * @param {string} list
 */
function namesOf(list) {
  return list
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => {
      const isType = part.startsWith('type ')
      const [name = '', alias = name] = part.replace(/^type /, '').split(' as ')
      return { name, alias, isType }
    })
}

/**
 * Groups of nodes that depend on each other (strongly connected components of more than one node).
 * @param {Map<string, Set<string>>} edges
 * @returns {string[][]} each group sorted
 */
export function findCycles(edges) {
  /** @type {Map<string, Set<string>>} */
  const reachable = new Map([...edges.keys()].map((node) => [node, reachableFrom(node, edges)]))
  const grouped = new Set()
  const cycles = []
  for (const [node, targets] of reachable) {
    if (grouped.has(node) || !targets.has(node)) continue
    const cycle = [...targets].filter((target) => reachable.get(target)?.has(node)).sort()
    for (const member of cycle) grouped.add(member)
    if (cycle.length > 1) cycles.push(cycle)
  }
  return cycles
}

/**
 * @param {string} start
 * @param {Map<string, Set<string>>} edges
 */
function reachableFrom(start, edges) {
  /** @type {Set<string>} */
  const reached = new Set()
  const pending = [start]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    for (const target of edges.get(node) ?? []) {
      if (reached.has(target)) continue
      reached.add(target)
      pending.push(target)
    }
  }
  return reached
}
