import { databaseComponent, missingDatabase } from '@stacktach/db'
import { apiConfig, Composition, createLogger, Metrics, now, runProcess, startMetrics } from '@stacktach/runtime'
import { apiMetrics } from './apiMetrics.ts'
import { checkRole } from './checkRole.ts'
import { createApp } from './createApp.ts'
import { readTls } from './http/readTls.ts'
import { startServer } from './http/startServer.ts'
import { authorizeLive } from './live/authorizeLive.ts'
import { createLive } from './live/createLive.ts'
import { liveMetrics } from './live/liveMetrics.ts'
import { openConfirmations } from './openConfirmations.ts'
import { startAuth } from './startAuth.ts'
import { warnAboutDatabase } from './warnAboutDatabase.ts'

await runProcess(async () => {
  const config = apiConfig(process.env)
  const tls = readTls(config)
  const logger = createLogger('api', config.LOG_LEVEL)
  const metrics = new Metrics()
  const onCompleted = apiMetrics(metrics)
  const variable = config.DATABASE_READ_URL === config.DATABASE_URL ? 'DATABASE_URL' : 'DATABASE_READ_URL'
  await Composition.empty()
    .add('tokens', () => startAuth(config, logger))
    .add('db', () =>
      databaseComponent({
        url: config.DATABASE_READ_URL,
        variable,
        applicationName: 'stacktach api',
        size: config.DATABASE_POOL,
        readOnly: true,
        refuseWriters: config.API_REQUIRE_READ_ROLE,
        statementTimeout: config.API_STATEMENT_TIMEOUT,
        // Takes effect only on a lost connection: on any other, the server cancels the statement first.
        queryTimeout: config.API_STATEMENT_TIMEOUT + 5_000,
        metrics,
        logger,
        check: async (db) => {
          await warnAboutDatabase(db, now, variable, logger)
          await checkRole(db, logger)
        },
      }),
    )
    .add('confirmations', () => openConfirmations(config, logger))
    .add('metrics', ({ db }) => startMetrics({ config, metrics, notReadyReasons: () => missingDatabase(db), logger }))
    .add('live', async ({ tokens, db }) => {
      const live = createLive({
        db,
        logger,
        metrics: liveMetrics(metrics),
        maxClients: config.API_LIVE_CLIENTS,
        authorize: authorizeLive(tokens),
      })
      // The server ends the clients when it stops.
      return { value: live, async stop() {} }
    })
    .add('server', ({ tokens, db, confirmations, live }) => {
      const admission = {
        tokens,
        requestsPerMinute: config.API_RATE_LIMIT,
        proxies: config.API_TRUST_PROXY,
      }
      const app = createApp({ db, confirmations, clock: now, logger, admission, live: live.handler, onCompleted })
      return startServer(app, {
        host: config.API_HOST,
        port: config.API_PORT,
        ...(tls === null ? {} : { tls }),
        // An answer can take three statements, during which the connection has no traffic.
        timeouts: { idle: 60_000 + 3 * config.API_STATEMENT_TIMEOUT },
        beforeStop: live.end,
        logger,
      })
    })
    .run(logger)
})
