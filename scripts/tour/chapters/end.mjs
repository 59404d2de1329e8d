/** Ctrl-C in each terminal. */
export async function end(tour) {
  tour.says(
    '## The end',
    'Ctrl-C in each terminal ends each process once it has finished what it was doing; what it said last:',
  )
  for (const name of ['ingest', 'jobs', 'api']) {
    const said = await tour[name].stop()
    tour.says(['```console', ...said.trim().split('\n').slice(-3), '```'].join('\n'))
  }
  await tour.prometheusProcess?.stop()
  await tour.types('npm run -s services -- down --purge')
}
