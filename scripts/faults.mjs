// Runs the fault suite on servers of its own, because it kills, restarts, disconnects and fills them. They are created
// for each run, and removed if it passes.

// The services' modules read this when they are loaded.
process.env.STACKTACH_SERVICES = 'faults'
const { SetupError, setUp } = await import('./setup.mjs')
const { ensureServices, ServicesError, startOne, stopOne, stopServices } = await import('./services/index.mjs')
const { withLock } = await import('./services/lock.mjs')
const { ensureFolder, FOLDER } = await import('./services/paths.mjs')
const { removeSmallDisk, smallDisk } = await import('./services/smallDisk.mjs')

const startedAt = Date.now()
/** @param {string} text */
const print = (text) => process.stdout.write(text)
/** @param {string} line */
const note = (line) => process.stderr.write(`${((Date.now() - startedAt) / 1000).toFixed(1).padStart(7)} s  ${line}\n`)

/** @type {Promise<never>} */
const interrupted = new Promise((_, reject) => {
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => reject(new ServicesError(`stopped by ${signal}`)))
  }
})
interrupted.catch(() => {})

/**
 * Size of the small disk in megabytes: room for all rows of the stream and a margin.
 * @param {number} notifications
 */
const diskMegabytes = (notifications) => 128 + Math.ceil(notifications / 100)

/** @param {string[]} args */
async function runSuite(args) {
  await setUp()
  const { parseOptions, runFaults } = await import('../faults/dist/index.js')
  const options = parseOptions(args, () => Math.floor(Math.random() * 1_000_000))
  await removeServers()
  let passed = false
  const { env } = await ensureServices({ env: {} })
  try {
    const servers = {
      databaseUrl: env.DATABASE_URL,
      redisUrl: env.REDIS_URL,
      amqpUrl: env.AMQP_URL,
      managementUrl: env.AMQP_MANAGEMENT_URL,
      stop: stopOne,
      start: startOne,
      smallDisk: smallDisk(diskMegabytes(options.notifications)),
    }
    const selftest = process.env.FAULTS_SELFTEST ?? ''
    passed = await Promise.race([runFaults(servers, options, selftest, print, note), interrupted])
    return passed ? 0 : 1
  } finally {
    if (passed) await removeServers()
    else {
      await stopServices()
      removeSmallDisk()
      note(`the servers' logs are in ${FOLDER}/log`)
    }
  }
}

/** Stops and removes the suite's servers, including those of a run that was killed. */
async function removeServers() {
  await stopServices()
  removeSmallDisk()
  await stopServices({ purge: true })
}

const args = process.argv.slice(2)
if (args.includes('--help') || args.includes('-h')) {
  await setUp()
  print((await import('../faults/dist/index.js')).USAGE)
} else {
  try {
    process.exitCode = await withLock(`${FOLDER}/lock-suite`, () => runSuite(args), ensureFolder)
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const expected = error instanceof SetupError || error instanceof ServicesError || error instanceof RangeError
    process.stderr.write(`${expected ? error.message : error.stack}\n`)
    process.exitCode = 1
  }
  // An interrupted run may have left connections open, which would keep the process alive.
  process.exit()
}
