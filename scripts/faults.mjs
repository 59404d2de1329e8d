// The fault suite, on servers of its own: it kills, restarts, cuts off and fills them, so those that others use must not be
// meant. They are begun afresh each time, and removed when all went well.

// Read by the services' modules as they are loaded.
process.env.STACKTACH_SERVICES = 'faults'
const { SetupError, setUp } = await import('./setup.mjs')
const { ensureServices, ServicesError, startOne, stopOne, stopServices } = await import('./services/index.mjs')
const { withLock } = await import('./services/lock.mjs')
const { ensureFolder, FOLDER } = await import('./services/place.mjs')
const { removeSmallDisk, smallDisk } = await import('./services/smallDisk.mjs')

const print = (text) => process.stdout.write(text)
const began = Date.now()
const note = (line) => process.stderr.write(`${((Date.now() - began) / 1000).toFixed(1).padStart(7)} s  ${line}\n`)

const interrupted = new Promise((_, reject) => {
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => reject(new ServicesError(`stopped by ${signal}`)))
  }
})
interrupted.catch(() => {})

/** Megabytes of the disk that can be full: all that the stream becomes, and some room. */
const roomFor = (notifications) => 128 + Math.ceil(notifications / 100)

async function suite(args) {
  await setUp()
  const { parseOptions, runFaults } = await import('../faults/dist/index.js')
  const options = parseOptions(args, () => Math.floor(Math.random() * 1_000_000))
  await clear()
  let passed = false
  const { env } = await ensureServices({ env: {} })
  const small = smallDisk(roomFor(options.notifications))
  try {
    const servers = {
      databaseUrl: env.DATABASE_URL,
      redisUrl: env.REDIS_URL,
      amqpUrl: env.AMQP_URL,
      managementUrl: env.AMQP_MANAGEMENT_URL,
      stop: stopOne,
      start: startOne,
      smallDisk: small,
    }
    const selftest = process.env.FAULTS_SELFTEST ?? ''
    passed = await Promise.race([runFaults(servers, options, selftest, print, note), interrupted])
    return passed ? 0 : 1
  } finally {
    if (passed) await clear()
    else {
      await stopServices()
      removeSmallDisk()
      note(`the servers' logs are in ${FOLDER}/log`)
    }
  }
}

/** Stops and removes what there is, also of a run that was killed. */
async function clear() {
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
    process.exitCode = await withLock(`${FOLDER}/lock-suite`, () => suite(args), ensureFolder)
  } catch (error) {
    const expected = error instanceof SetupError || error instanceof ServicesError || error instanceof RangeError
    process.stderr.write(`${expected ? error.message : error.stack}\n`)
    process.exitCode = 1
  }
  // What an interrupted run left open must not keep it.
  process.exit()
}
