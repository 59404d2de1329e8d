import { freePort } from '../../demo/freePort.mjs'

/** What is not a table on a wide terminal: scripts, errors, narrow terminals, shells. */
export async function scripts(tour) {
  tour.says(
    '## For scripts and spreadsheets',
    '`--json` is the very answer of the api, `--csv` is for spreadsheets; both exist for each command.',
  )
  await tour.types('stacky deployments --json')
  await tour.types('stacky usage launches --limit 3 --csv')
  await tour.watches('stacky watch all --json', /(\[[^\n]*\]\n){4}/, { first: 4, last: 1 })
  tour.says('Whatever speaks HTTP can ask. Answers are arrays of rows, the first of which is the header.')
  await tour.types(`curl -s '${tour.url}/stacky/timings?name=compute.instance.delete&limit=2'; echo`)
  await tour.types(`curl -s ${tour.url}/readyz; echo`)

  tour.says(
    '## When something is wrong',
    'What is wrong is a sentence on standard error. Exit code 1 is a failure, 2 is wrong usage.',
  )
  await tour.types('stacky uuid nonsense; echo "exit code $?"')
  await tour.types('stacky report 999; echo "exit code $?"')
  await tour.types('stacky usage lunches; echo "exit code $?"')
  await tour.types(`STACKTACH_URL=http://127.0.0.1:${await freePort(8999)} stacky hosts; echo "exit code $?"`)

  tour.says('## On a narrow terminal', 'On 100 columns cells are wrapped where names have joints:')
  const narrow = await tour.terminal(100)
  await tour.types('stacky search event compute.instance.create.error 2', { terminal: narrow })
  tour.says('On 60, where no table fits, each row is a record:')
  const narrowest = await tour.terminal(60)
  await tour.types('stacky search event compute.instance.create.error 2', { terminal: narrowest })
  await narrow.close()
  await narrowest.close()

  tour.says(
    '## In a shell',
    '`source <(stacky complete bash)` completes commands, options and choices. What bash asks, and is told:',
  )
  await tour.types('source <(stacky complete bash) && complete -p stacky')
  await tour.types('stacky complete -- usage ""')
}
