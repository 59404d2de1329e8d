import { DATABASE, OWNER } from '../openTour.mjs'

/** From nothing to the demo, and to servers that stay. */
export async function beginning(tour) {
  tour.says(
    '# A tour',
    `What a new operator sees, from an empty folder to the first answer, a dashboard and an alert. \`npm run tour\` made this page: it typed
each command into a terminal and wrote down what came back. Nothing was edited; where an output is long, a line such as
\`… 37 more lines\` says what was left out. Colours are off, and the terminal is wide; [below](#on-a-narrow-terminal) is a narrow one.`,
    `The cloud is simulated, always the same one: instances, events, durations and failures are the same each time. Dates and hours go by
the clock (the cloud begins four hours before the tour), and so do ports, process ids, how long something took, and what the live
part of the cloud happens to do while somebody looks. The numbers of notifications (\`#\`) go by the order of their arrival.`,
    '## Clone, install, demo',
    '`REPOSITORY` is where the project is. Node 20.19 or later, npm, and Docker or (as root) apt are all it needs.',
  )
  await tour.types('git clone $REPOSITORY stacktach && cd stacktach')
  await tour.types('npm ci --no-audit --no-fund')
  tour.says(
    'The demo builds, starts servers, sends the notifications of 80 operations through, and asks each question once.',
  )
  await tour.types('npm run demo -- --once', { first: 34, last: 17 })

  tour.says(
    '## Servers',
    `The demo has taken away what it made. Now the same by hand, as for a cloud of your own. You will have PostgreSQL and Redis; here they
are the development servers, and so is the RabbitMQ that stands for the cloud's.`,
  )
  await tour.types('npm run -s services -- up')
  const lines = [
    'eval "$(npm run -s services -- env)"   # DATABASE_URL and REDIS_URL are the servers\' that run here',
    `export DATABASE_URL="\${DATABASE_URL%/*}/${DATABASE}" REDIS_PREFIX=${OWNER}`,
    'export STACKTACH_DEPLOYMENTS_FILE="$PWD/deployments.json"',
    ...(tour.port === 8000 ? [] : [`export API_PORT=${tour.port} STACKTACH_URL=${tour.url}`]),
  ]
  tour.says('The settings are environment variables; a file has them, for each terminal.')
  await tour.types(`cat > env.sh <<'END'\n${lines.join('\n')}\nEND`)
  await tour.types('. ./env.sh')
}
