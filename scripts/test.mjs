// All the project's checks: set-up, lint, types, boundaries, then every test on real servers. Its last line is made from
// the counts of the runner itself.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureServices, ServicesError } from './services/index.mjs'
import { root, SetupError, setUp } from './setup.mjs'

const bin = (name) => join(root, 'node_modules', '.bin', name)
const telemetry = { TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1' }

/** Checks that are no tests, in the order in which their faults are easiest to mend. */
const checks = [
  ['lint', bin('biome'), ['check', '.']],
  ['types', bin('tsc'), ['-p', 'tsconfig.tests.json']],
  ['boundaries', bin('turbo'), ['boundaries']],
]

function step(name, command, args, env = {}) {
  const began = Date.now()
  process.stdout.write(`\n=== ${name}\n`)
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...telemetry, ...env },
  })
  process.stdout.write(
    `=== ${name}: ${status === 0 ? 'passed' : 'FAILED'} in ${((Date.now() - began) / 1000).toFixed(1)} s\n`,
  )
  return status === 0
}

/** Runs the tests and returns the runner's own counts. */
function runTests(env, selection) {
  const folder = mkdtempSync(join(tmpdir(), 'stacktach-test-'))
  const report = join(folder, 'report.json')
  try {
    step(
      'tests',
      process.execPath,
      [
        '--experimental-vm-modules',
        '--no-warnings',
        'node_modules/jest/bin/jest.js',
        '--json',
        `--outputFile=${report}`,
        ...selection,
      ],
      env,
    )
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numRuntimeErrorTestSuites } = JSON.parse(
      readFileSync(report, 'utf8'),
    )
    // A file that could not even be loaded has no tests to count, and is a failure all the same.
    return {
      passed: numPassedTests,
      failed: numFailedTests + numRuntimeErrorTestSuites,
      skipped: numPendingTests + numTodoTests,
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

try {
  await setUp({ update: true })
  const { env } = await ensureServices()
  const failed = checks.filter(([name, command, args]) => !step(name, command, args)).map(([name]) => name)
  const counts = runTests(env, process.argv.slice(2))
  if (failed.length > 0) process.stdout.write(`\nFAILED: ${failed.join(', ')}\n`)
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''
  process.stdout.write(`${counts.passed} passed, ${counts.failed} failed${skipped}\n`)
  process.exitCode = failed.length === 0 && counts.failed === 0 && counts.passed > 0 ? 0 : 1
} catch (error) {
  if (!(error instanceof SetupError) && !(error instanceof ServicesError)) throw error
  process.stdout.write(`${error.message}\n0 passed, 1 failed\n`)
  process.exitCode = 1
}
