/** @type {Set<() => void>} */
const cleanups = new Set()
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }
let held = 0
let pending = 0

function leave() {
  for (const cleanup of [...cleanups].reverse()) cleanup()
  process.exit(pending)
}

function onSignal(signal) {
  pending = SIGNALS[signal]
  if (held === 0) leave()
}

/**
 * Registers what must still be undone when a signal ends the script. The handlers are there only as long as something
 * is registered, since these modules also run inside other programs that have their own.
 * @param {() => void} cleanup synchronous
 * @returns {() => void} takes the registration back
 */
export function onInterrupt(cleanup) {
  if (cleanups.size === 0) for (const signal of Object.keys(SIGNALS)) process.on(signal, onSignal)
  cleanups.add(cleanup)
  return () => {
    cleanups.delete(cleanup)
    if (cleanups.size === 0) for (const signal of Object.keys(SIGNALS)) process.off(signal, onSignal)
  }
}

/**
 * Runs a step that must not be cut in two, such as a package installation. A signal during it takes effect afterwards.
 * @template T
 * @param {() => Promise<T>} step
 * @returns {Promise<T>}
 */
export async function uninterrupted(step) {
  const release = onInterrupt(() => {})
  held += 1
  try {
    return await step()
  } finally {
    held -= 1
    if (pending && held === 0) leave()
    release()
  }
}
