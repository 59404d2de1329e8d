import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** What the processes tell of themselves, and a Prometheus that asks them, where there is one. */
export async function metrics(tour) {
  if (!existsSync(join(tour.checkout, 'docs/metrics.md'))) return
  tour.says(
    '## Metrics',
    `With \`METRICS_PORT\` each process answers on a port of its own; [metrics.md](metrics.md) lists all that it says.`,
  )
  await tour.types(
    "curl -s http://127.0.0.1:9111/metrics | grep -E '^stacktach_(notifications_stored|queue_consumers)'",
  )
  await tour.types("curl -s http://127.0.0.1:9121/metrics | grep -E '^stacktach_(backlog|exists\\{)'")
  await tour.types('curl -s http://127.0.0.1:9121/readyz')
  tour.says('The level of a log changes without a restart.')
  await tour.types('curl -s -X PUT -d debug http://127.0.0.1:9101/loglevel')
  await tour.types('curl -s -X PUT -d info http://127.0.0.1:9101/loglevel')

  if (!(await tour.has('prometheus')) || !(await tour.has('promtool'))) {
    tour.says('Where this page was made there was no Prometheus; with one on the `PATH` the tour shows an alert.')
    return
  }
  tour.says(
    '## A dashboard and alerts',
    `[\`deploy/prometheus\`](../deploy/prometheus) has what Prometheus has to be told, and the alerts. In a terminal of its own:`,
  )
  const store = '--storage.tsdb.path=../prometheus'
  tour.prometheusProcess = await tour.starts(
    `prometheus --config.file=deploy/prometheus/prometheus.yml ${store} --web.listen-address=127.0.0.1:9090 --log.level=warn`,
    /^/,
  )
  tour.prometheus = 'http://127.0.0.1:9090'
  const up = `promtool query instant ${tour.prometheus} 'up'`
  await tour.until(up, /(=> 1 [\s\S]*){3}/)
  await tour.types(up)
  await tour.types('promtool check rules deploy/prometheus/alerts.yml')
  tour.says(
    `[\`deploy/grafana/stacktach.json\`](../deploy/grafana/stacktach.json) is the dashboard, to be imported into Grafana. What one of its
panels asks, and Prometheus answers:`,
  )
  await tour.types(`promtool query instant ${tour.prometheus} 'max by (service, status) (stacktach_exists)'`)
}
