const HOUR = 3_600_000

/** What the cloud sends comes in, and is aggregated. */
export async function cloud(tour) {
  await tour.makeCloud()
  tour.says(
    '## A cloud',
    `The simulated cloud has two regions, \`east\` and \`west\`, each on a virtual host of the broker. The deployments file names them, in
StackTach's own format, as the [README](../README.md#your-own-cloud) has it.`,
  )
  await tour.types('cat deployments.json', { first: 32, last: 2 })
  await tour.types('npm run -s migrate')
  tour.says('Then the processes, each in a terminal of its own, after `. ./env.sh`. They log JSON lines.')
  tour.ingest = await tour.starts(
    'METRICS_PORT=9111 npm run -s ingest',
    /"west".*consuming[\s\S]*consuming|"east".*consuming[\s\S]*consuming/,
  )
  tour.jobs = await tour.starts('METRICS_PORT=9121 npm run -s jobs', /"job":"retention"/, { first: 2 })
  tour.api = await tour.starts('METRICS_PORT=9101 npm run -s api', /"started"/)
  tour.says(
    'The api says that the database user could write. It reads only all the same; [SECURITY.md](../SECURITY.md) says how to give it another.',
    'Nothing has come yet, and everything is ready:',
  )
  await tour.types('npm run -s stacktach -- status')
  tour.says('Now the cloud: two hours of work of a small one.')
  // At the same place of the hour each time, or the audits at full hours would find another cloud.
  const start = new Date(Math.floor(Date.now() / HOUR) * HOUR - 4 * HOUR + HOUR / 3)
  tour.hour = new Date(start.getTime() + (2 * HOUR) / 3)
  const shape = '--operations 120 --operations-per-minute 1 --failures 0.2 --usage-faults 0.5 --rate 50'
  const begins = start.toISOString().replace('.000', '')
  await tour.types(`npm run -s simulate -- --seed tour --start ${begins} ${shape} --deployments deployments.json`)
  await tour.until(
    'npm run -s stacktach -- status --json',
    /"backlog":0,.*"waiting":0,.*"waiting":0,.*"waiting":0,.*"waiting":0,.*"pending":0,/,
  )
  tour.says('A moment later all of it is stored and aggregated:')
  await tour.types('npm run -s stacktach -- status --count')
  tour.says('`check` is for monitoring: silence and exit code 0 mean that such a process does its work.')
  await tour.types(
    `for process in ingest jobs; do npm run -s stacktach -- check $process && echo "$process works"; done`,
  )
  await tour.types(`npm run -s stacktach -- check api --url ${tour.url} && echo "api works"`)
}
