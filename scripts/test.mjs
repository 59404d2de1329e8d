// Runs all checks and tests: installs and builds, then lint, types, imports and language, then every test on real
// servers. With arguments it runs only the selected tests: `npm test -- packages/domain`. The arguments go to jest.
// The last line is made from jest's own counts.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { ensureChromium, ensureServices, ServicesError } from './services/index.mjs'
import { installPgbouncer } from './services/packages.mjs'
import { root, SetupError, setUp } from './setup.mjs'

/**
 * The part of jest's report that is used here. Times in milliseconds.
 * @typedef {object} Report
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} numTodoTests
 * @property {number} numRuntimeErrorTestSuites
 * @property {{ name: string, startTime: number, endTime: number }[]} testResults
 */

const SLOWEST_FILES = 10

/** @param {string} name */
const bin = (name) => join(root, 'node_modules', '.bin', name)
const environment = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1' }
const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js']

/**
 * Checks that are not tests; the ones whose failures are easiest to fix come first.
 * @type {[name: string, command: string, args: string[]][]}
 */
const checks = [
  ['lint', bin('biome'), ['check', '.']],
  ['types', bin('tsc'), ['-p', 'tsconfig.tests.json']],
  ['types of scripts', bin('tsc'), ['-p', 'scripts/tsconfig.json']],
  ['boundaries', bin('turbo'), ['boundaries']],
  ['exports and imports', process.execPath, ['scripts/checks/exports.mjs']],
  ['language', process.execPath, ['scripts/checks/language.mjs']],
]

/** @param {number} ms */
const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`

/**
 * Runs one step, whose output is printed, and returns whether it passed.
 * @param {string} name
 * @param {string} command
 * @param {string[]} args
 * @param {Record<string, string>} [env]
 */
function step(name, command, args, env = {}) {
  const startedAt = Date.now()
  process.stdout.write(`\n=== ${name}\n`)
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...environment, ...env } })
  process.stdout.write(`=== ${name}: ${status === 0 ? 'passed' : 'FAILED'} in ${seconds(Date.now() - startedAt)}\n`)
  return status === 0
}

/**
 * What the selected tests need: servers and built programs (unit tests need neither), and a browser.
 * @param {string[]} selection
 */
function needsOf(selection) {
  const { stdout } = spawnSync(process.execPath, [...jest, '--listTests', ...selection], {
    cwd: root,
    encoding: 'utf8',
  })
  const files = stdout.split('\n').map((file) => relative(root, file))
  return {
    servers: files.some((file) => file.startsWith('e2e/') || file.endsWith('.db.test.ts')),
    browser: files.some((file) => file.startsWith('e2e/src/browser/')),
  }
}

/**
 * Runs the tests and returns jest's report.
 * @param {Record<string, string>} env
 * @param {string[]} selection
 * @returns {Report}
 */
function runTests(env, selection) {
  const folder = mkdtempSync(join(tmpdir(), 'stacktach-test-'))
  const file = join(folder, 'report.json')
  try {
    step('tests', process.execPath, [...jest, '--json', `--outputFile=${file}`, ...selection], env)
    return JSON.parse(readFileSync(file, 'utf8'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** @param {Report} report */
function printSlowest({ testResults }) {
  const files = testResults.map(({ name, startTime, endTime }) => ({ name, duration: endTime - startTime }))
  const slowest = files.sort((a, b) => b.duration - a.duration).slice(0, SLOWEST_FILES)
  process.stdout.write('\nslowest test files\n')
  for (const { name, duration } of slowest) {
    process.stdout.write(`${seconds(duration).padStart(9)}  ${relative(root, name)}\n`)
  }
}

try {
  const selection = process.argv.slice(2)
  const isSelected = selection.length > 0
  const needs = isSelected ? needsOf(selection) : { servers: true, browser: true }
  await setUp({ update: true, rebuild: needs.servers })
  const env = {
    ...(needs.servers ? (await ensureServices({ fsync: false })).env : {}),
    ...(needs.browser ? { CHROMIUM: await ensureChromium() } : {}),
  }
  if (needs.servers) await installPgbouncer()
  const failedChecks = isSelected ? [] : checks.filter((check) => !step(...check)).map(([name]) => name)
  const report = runTests(env, selection)
  // A file that could not be loaded has no tests, but counts as a failure.
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites
  const skipped = report.numPendingTests + report.numTodoTests
  printSlowest(report)
  if (isSelected) process.stdout.write('\nonly the selected tests ran; `npm test` runs all tests and checks\n')
  if (failedChecks.length > 0) process.stdout.write(`\nFAILED: ${failedChecks.join(', ')}\n`)
  process.stdout.write(
    `${report.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`,
  )
  process.exitCode = failedChecks.length === 0 && failed === 0 && report.numPassedTests > 0 ? 0 : 1
} catch (error) {
  if (!(error instanceof SetupError) && !(error instanceof ServicesError)) throw error
  process.stdout.write(`${error.message}\n0 passed, 1 failed\n`)
  process.exitCode = 1
}
