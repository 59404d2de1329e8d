/** @typedef {import('./openTour.mjs').Tour} Tour */

const HOUR_MS = 3_600_000

/** @param {Tour} tour */
export async function install(tour) {
  tour.write(
    '# A tour',
    `From an empty folder to the first answers. \`npm run tour\` writes this page: it runs each command and records the
output. A line such as \`… 37 more lines\` marks what was omitted.`,
    `The cloud is simulated and always the same: instances, events and durations do not change from tour to tour. Dates,
ports and process ids do.`,
    '## Install and demo',
    'StackTach needs Node 20.19 or later, npm, and Docker or (as root on Debian) apt.',
  )
  await tour.command('git clone $REPOSITORY stacktach && cd stacktach')
  await tour.command('npm ci --no-audit --no-fund')
  tour.write(
    `The demo builds the project, starts the servers, sends the notifications of 80 operations through all processes, and
queries each endpoint of the API once.`,
  )
  await tour.command('npm run demo -- --once', { first: 18, last: 10 })
}

/** @param {Tour} tour */
export async function start(tour) {
  tour.write(
    '## Servers and settings',
    `The demo has removed its data. The next steps are those for a cloud of your own, with the development servers instead
of your PostgreSQL, Redis and RabbitMQ.`,
  )
  await tour.command('npm run -s services -- up')
  tour.write('The settings are environment variables; each terminal reads them from a file.')
  const lines = [
    'eval "$(npm run -s services -- env)"   # DATABASE_URL and REDIS_URL',
    'export STACKTACH_DEPLOYMENTS_FILE="$PWD/deployments.json"',
    ...(tour.port === 8000 ? [] : [`export API_PORT=${tour.port} STACKTACH_URL=http://127.0.0.1:${tour.port}`]),
  ]
  await tour.command(`cat > env.sh <<'END'\n${lines.join('\n')}\nEND`)
  await tour.createCloud()
  tour.write(
    `The cloud has two regions, each on a virtual host of the broker. The deployments file lists them, see
[Your own cloud](../README.md#your-own-cloud).`,
  )
  await tour.command('cat deployments.json', { first: 11, last: 4 })
  await tour.command('npm run -s migrate', { first: 1, last: 1 })
  tour.write('Each process runs in a terminal of its own, after `. ./env.sh`, and logs JSON lines.')
  const consuming = /("consuming"[\s\S]*){2}/
  const processes = [
    await tour.start('npm run -s ingest', consuming, { first: 4 }),
    await tour.start('npm run -s jobs', /"started"/, { first: 1 }),
    await tour.start('npm run -s api', /"started"/, { first: 2 }),
  ]
  return processes
}

/** @param {Tour} tour */
export async function status(tour) {
  tour.write('## A cloud at work', 'The simulated cloud sends the notifications of two hours.')
  // Always at the same minute of an hour, because audits at the full hour change the cloud.
  const begin = new Date(Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 4 * HOUR_MS + HOUR_MS / 3)
    .toISOString()
    .replace('.000', '')
  const options = '--operations 120 --operations-per-minute 1 --failures 0.2 --usage-faults 0.5 --rate 50'
  await tour.command(`npm run -s simulate -- --seed tour --start ${begin} ${options} --deployments deployments.json`)
  await tour.until('npm run -s stacktach -- status --json', /"backlog":0,[\s\S]*"pending":0,/)
  tour.write('A moment later all of them are stored and aggregated:')
  await tour.command('npm run -s stacktach -- status --count', { first: 50 })
}

/** @param {Tour} tour */
export async function questions(tour) {
  tour.write(
    '## The first questions',
    `\`stacky\` is the client of the API, with the commands and tables of StackTach's client. It can be installed on any
machine that reaches the API.`,
  )
  await tour.command('npm install -g --no-audit --no-fund ./apps/stacky')
  await tour.command('stacky deployments')
  tour.write('How often each operation ran, and its shortest, longest and average duration:')
  await tour.command('stacky summary', { first: 9, last: 1 })
  tour.write('Usage: audit notifications (exists), `verified` if they agree with the launch and the delete.')
  const exists = await tour.command('stacky usage exists --limit 4')
  const [instance = ''] = rowWhere(exists, (row) => row.at(-1) === 'verified')
  tour.write('The history of one instance, and the duration of each operation:')
  await tour.command(`stacky uuid ${instance} --limit 200`, { first: 10 })
  await tour.command(`stacky timings --uuid ${instance}`, { first: 8, last: 1 })
}

/** @param {Tour} tour */
export async function failure(tour) {
  tour.write('## A failure', 'Failed operations, newest first; `E` marks errors.')
  const errors = await tour.command('stacky search event compute.instance.create.error 4')
  const [number = ''] = rowWhere(errors, (row) => row[1] === 'E')
  tour.write('One of them in full, with the reason and the user:')
  const details = await tour.command(`stacky show ${number}`, {
    first: 21,
    keep: /"(message|exception|_context_user_name)":/,
  })
  const [, request = ''] = rowWhere(details, ([key]) => key === 'Req ID')
  tour.write('All notifications of the same request:')
  await tour.command(`stacky request ${request}`, { first: 12, last: 1 })
}

/**
 * @param {Tour} tour
 * @param {import('./openTour.mjs').Background[]} processes
 */
export async function end(tour, processes) {
  tour.write('## The end', 'Ctrl-C stops a process once it has finished its current work. The last lines of each log:')
  for (const process of processes) {
    const output = await process.stop()
    tour.write(['```console', ...output.trim().split('\n').slice(-2), '```'].join('\n'))
  }
  await tour.command('npm run -s services -- down --purge')
}

/**
 * The cells of the first row of a stacky table that satisfies a condition.
 * @param {string} output
 * @param {(row: string[]) => boolean} condition
 * @returns {string[]}
 */
function rowWhere(output, condition) {
  const lines = output.split('\n').filter((line) => line.startsWith('|'))
  const rows = lines.slice(1).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  )
  const row = rows.find(condition)
  if (row === undefined) throw new Error(`no such row in:\n${output}`)
  return row
}
