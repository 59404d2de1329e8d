/** The operator's commands, but those for what was rejected. */
export async function operator(tour) {
  await tour.live.stop()
  tour.says("## The operator's commands", 'They ask PostgreSQL, Redis and the brokers themselves, without the api.')
  await tour.types('npm run -s stacktach -- --help')
  await exists(tour)
  await reports(tour)
  await keeping(tour)
}

async function exists(tour) {
  tour.says(
    '## Does usage add up?',
    `Each exists of nova is compared with what was launched and deleted. Most agree; the simulated cloud has lost or falsified some, and
each verdict says why.`,
  )
  await tour.types('npm run -s stacktach -- exists summary')
  await tour.types('npm run -s stacktach -- exists list --status failed --limit 5')
}

async function reports(tour) {
  const at = tour.hour.toISOString().slice(0, 19)
  tour.says(
    '## Reports',
    'Each report of each day is made by itself at four in the morning. Any other is made by a command, here of one full hour:',
  )
  const made = await tour.types(`npm run -s stacktach -- report run region-summary --period hour --at ${at} --wait`, {
    first: 8,
  })
  const [, number] = /^report (\d+):/m.exec(made) ?? []
  await tour.types(`npm run -s stacktach -- report run image-events-audit --period hour --at ${at} --wait`)
  tour.says('`stacky` lists and shows what was made:')
  await tour.types('stacky reports')
  await tour.types('stacky reports --name "image events audit"')
  await tour.types(`stacky report ${number}`, { first: 32, last: 1 })
  tour.says('The same once more, should the facts have changed since; the old one stays.')
  await tour.types(`npm run -s stacktach -- report regenerate ${number} --wait`, { first: 1 })
  await tour.types('npm run -s stacktach -- report list')
}

async function keeping(tour) {
  tour.says(
    '## What is kept',
    'Everything, unless `RETENTION_DAYS` says otherwise. Old notifications go by whole partitions.',
  )
  await tour.types('npm run -s stacktach -- retention show')
  tour.says(
    'What is stored can be written out as it came, secrets aside, and read in again, here or elsewhere; nothing counts twice.',
  )
  await tour.types('npm run -s stacktach -- export --service glance > images.jsonl')
  await tour.types('wc -l images.jsonl; cut -c 1-160 images.jsonl | head -2')
  await tour.types('npm run -s stacktach -- import images.jsonl', { first: 12 })
  await tour.types('npm run -s stacktach -- jobs list')
}
