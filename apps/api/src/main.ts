import { openDatabase } from '@stacktach/db'
import { apiConfig, Composition, createLogger, runProcess } from '@stacktach/runtime'
import { createApp } from './createApp.ts'
import { startServer } from './http/startServer.ts'

await runProcess(async () => {
  const config = apiConfig(process.env)
  const logger = createLogger('api', config.LOG_LEVEL)
  await Composition.empty()
    .add('db', async () => {
      const db = openDatabase({
        url: config.DATABASE_READ_URL,
        applicationName: 'stacktach api',
        size: config.DATABASE_POOL,
        readOnly: true,
        statementTimeout: config.API_STATEMENT_TIMEOUT,
        // A server that has not even cut the statement off by then does not answer at all.
        queryTimeout: config.API_STATEMENT_TIMEOUT + 2_000,
        onIdleError: (err) => logger.warn({ err }, 'idle database connection lost'),
      })
      return { value: db, stop: () => db.close() }
    })
    .add('server', ({ db }) =>
      startServer(createApp({ db, clock: () => Date.now() * 1000, logger }), {
        host: config.API_HOST,
        port: config.API_PORT,
        logger,
      }),
    )
    .run(logger)
})
