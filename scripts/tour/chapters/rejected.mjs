import { OWNER } from '../openTour.mjs'

/** What could not be stored, and, where there is Prometheus, the alert that says so. */
export async function rejected(tour) {
  tour.says(
    '## What could not be stored',
    "Somebody publishes what is no notification; here RabbitMQ's own API does. It is acknowledged, kept whole, and holds up nothing else.",
  )
  await publish(tour)
  await tour.until('npm run -s stacktach -- status --json', /"rejected":1,/)
  if (tour.prometheus !== undefined) await alert(tour)
  await tour.types('npm run -s stacktach -- rejected list')
  await tour.types('npm run -s stacktach -- rejected show 1')
  tour.says('Once what was wrong is mended, `replay` stores it. This one cannot be mended:')
  await tour.types('npm run -s stacktach -- rejected replay 1; echo "exit code $?"')
  await tour.types('npm run -s stacktach -- rejected drop 1')
}

/** The message is the same each time. */
async function publish(tour) {
  const message = {
    properties: {},
    routing_key: 'notifications.info',
    payload: '{"event_type": ',
    payload_encoding: 'string',
  }
  const url = `"$AMQP_MANAGEMENT_URL/api/exchanges/${OWNER}-east/nova/publish"`
  await tour.types(`curl -s -H 'content-type: application/json' -d '${JSON.stringify(message)}' ${url}; echo`)
}

async function alert(tour) {
  tour.says('Within a minute or so Prometheus knows, and would tell Alertmanager:')
  const alerts = `promtool query instant ${tour.prometheus} 'ALERTS{alertstate="firing"}'`
  await tour.until(alerts, /StackTachRejecting/)
  await tour.types(alerts)
  await tour.types(`curl -s ${tour.prometheus}/api/v1/alerts | grep -o '"summary":"[^"]*"'`)
  tour.says('[runbook.md](runbook.md#stacktachrejecting) says what to do then: see what it is.')
}
