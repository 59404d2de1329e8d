/** @type {Set<() => void>} */
const cleanups = new Set()
/** @type {Partial<Record<NodeJS.Signals, number>>} */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }
const SIGNALS = /** @type {NodeJS.Signals[]} */ (Object.keys(EXIT_CODES))
let criticalSteps = 0
let exitCode = 0

function exit() {
  for (const cleanup of [...cleanups].reverse()) cleanup()
  process.exit(exitCode)
}

/** @param {NodeJS.Signals} signal */
function onSignal(signal) {
  exitCode = EXIT_CODES[signal] ?? 1
  if (criticalSteps === 0) exit()
}

/**
 * Registers a cleanup for when a signal ends the script. The signal handlers are installed only while a cleanup is
 * registered, because these modules also run inside programs with handlers of their own.
 * @param {() => void} cleanup synchronous
 * @returns {() => void} removes the registration
 */
export function onInterrupt(cleanup) {
  if (cleanups.size === 0) for (const signal of SIGNALS) process.on(signal, onSignal)
  cleanups.add(cleanup)
  return () => {
    cleanups.delete(cleanup)
    if (cleanups.size === 0) for (const signal of SIGNALS) process.off(signal, onSignal)
  }
}

/**
 * Runs a step that must not be interrupted, such as a package installation. A signal received meanwhile takes effect
 * afterwards.
 * @template T
 * @param {() => Promise<T>} step
 * @returns {Promise<T>}
 */
export async function uninterrupted(step) {
  const unregister = onInterrupt(() => {})
  criticalSteps += 1
  try {
    return await step()
  } finally {
    criticalSteps -= 1
    if (exitCode && criticalSteps === 0) exit()
    unregister()
  }
}
