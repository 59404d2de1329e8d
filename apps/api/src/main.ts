import { missingDatabase, openDatabase } from '@stacktach/db'
import {
  apiConfig,
  Composition,
  createLogger,
  Metrics,
  poolMetrics,
  runProcess,
  startMetrics,
} from '@stacktach/runtime'
import { apiMetrics } from './apiMetrics.ts'
import { checkRole } from './checkRole.ts'
import { createApp } from './createApp.ts'
import { readTls } from './http/readTls.ts'
import { startServer } from './http/startServer.ts'
import { startAuth } from './startAuth.ts'
import { warnAboutDatabase } from './warnAboutDatabase.ts'

await runProcess(async () => {
  const config = apiConfig(process.env)
  const tls = readTls(config)
  const logger = createLogger('api', config.LOG_LEVEL)
  const metrics = new Metrics()
  const onCall = apiMetrics(metrics)
  const clock = () => Date.now() * 1000
  const variable = config.DATABASE_READ_URL === config.DATABASE_URL ? 'DATABASE_URL' : 'DATABASE_READ_URL'
  await Composition.empty()
    .add('access', () => startAuth(config, logger))
    .add('db', async () => {
      const db = openDatabase({
        url: config.DATABASE_READ_URL,
        applicationName: 'stacktach api',
        size: config.DATABASE_POOL,
        readOnly: true,
        refuseWriters: config.API_REQUIRE_READ_ROLE,
        statementTimeout: config.API_STATEMENT_TIMEOUT,
        // The server has cut it off before, unless its host is gone.
        queryTimeout: config.API_STATEMENT_TIMEOUT + 5_000,
        onIdleError: (err) => logger.warn({ err }, 'idle database connection lost'),
      })
      poolMetrics(metrics, db.pool, config.DATABASE_POOL)
      await warnAboutDatabase(db, clock, variable, logger)
      await checkRole(db, logger)
      return { value: db, stop: () => db.close() }
    })
    .add('metrics', ({ db }) => startMetrics({ config, metrics, lacks: () => missingDatabase(db), logger }))
    .add('server', ({ access, db }) => {
      const admission = {
        tokens: access,
        requestsPerMinute: config.API_RATE_LIMIT,
        proxies: config.API_TRUST_PROXY,
      }
      return startServer(createApp({ db, clock, logger, admission, onCall }), {
        host: config.API_HOST,
        port: config.API_PORT,
        ...(tls === null ? {} : { tls }),
        // An answer may take three statements, during which nothing is sent.
        patience: { idle: 60_000 + 3 * config.API_STATEMENT_TIMEOUT },
        logger,
      })
    })
    .run(logger)
})
