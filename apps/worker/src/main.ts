import { runProcess } from '@stacktach/runtime'

const roles = {
  ingest: async () => (await import('./ingest/main.ts')).ingest,
  jobs: async () => (await import('./jobs/main.ts')).jobs,
}

await runProcess(async () => {
  const role = process.argv[2]
  if (role !== 'ingest' && role !== 'jobs') throw new Error('usage: worker ingest | jobs')
  const start = await roles[role]()
  await start(process.env)
})
