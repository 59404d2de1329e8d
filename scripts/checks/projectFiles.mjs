import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { root } from '../setup.mjs'

const GENERATED_FOLDERS = ['node_modules', 'dist', 'generated', 'reports', 'coverage', '.git', '.turbo', '.stryker-tmp']

/**
 * The lines that a git command prints; none where git or the history is missing.
 * @param {...string} args
 * @returns {string[]}
 */
export function gitLines(...args) {
  try {
    const output = execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    return output.split('\n').filter(Boolean)
  } catch {
    return []
  }
}

/**
 * All source files of the project, relative to its root: those of git, including new ones, or without git all that are
 * not in a folder of generated files.
 * @returns {string[]}
 */
export function projectFiles() {
  const tracked = gitLines('ls-files', '--cached', '--others', '--exclude-standard')
  const files = tracked.length > 0 ? tracked : filesBelow(root)
  return files.filter((file) => existsSync(join(root, file))).sort()
}

/**
 * @param {string} folder
 * @returns {string[]}
 */
function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return GENERATED_FOLDERS.includes(entry.name) ? [] : filesBelow(path)
    return entry.isFile() ? [relative(root, path)] : []
  })
}
