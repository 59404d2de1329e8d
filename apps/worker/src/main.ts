import { runProcess } from '@stacktach/runtime'

const roles = {
  ingest: async () => (await import('./ingest/main.ts')).ingest,
  jobs: async () => (await import('./jobs/main.ts')).jobs,
  import: async () => (await import('./import/main.ts')).importMessages,
}

await runProcess(async () => {
  const role = process.argv[2]
  if (role !== 'ingest' && role !== 'jobs' && role !== 'import') {
    throw new Error('usage: worker ingest | jobs | import [FILE]')
  }
  const start = await roles[role]()
  await start(process.env)
})
