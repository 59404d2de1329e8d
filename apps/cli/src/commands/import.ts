import { existsSync } from 'node:fs'
import { checkSharedSettings, type Database, databaseError, openDatabase, Partitions } from '@stacktach/db'
import { readOptions } from '@stacktach/ingestion'
import { createLogger, importConfig, now } from '@stacktach/runtime'
import { Command } from 'commander'
import { importFile } from '../import/importFile.ts'
import type { ImportState } from '../import/importState.ts'
import { printJson } from '../output/printJson.ts'

/** `stacktach import` */
export function importCommand(): Command {
  const command = new Command('import')
    .description(
      'store messages from JSON lines {"deployment", "exchange", "routing_key", "body"}, as if a broker had delivered them',
    )
    .argument(
      '[file]',
      'file to import (default: standard input); an interrupted import of a file resumes: its position is kept in <file>.import',
    )
    .option('--json', 'print the result as one JSON object')
    .addHelpText(
      'after',
      '\nExit code 1 if any line is not a message. Messages that cannot be stored are\nkept: see `rejected list`.',
    )
    .action(async (path: string | undefined, { json = false }: { json?: boolean }) => {
      const file = path === '-' ? undefined : path
      if (file !== undefined && !existsSync(file)) command.error(`error: there is no file ${file}`)
      printResult(await runImport(file, json), json)
    })
  return command
}

/** @param file undefined: standard input */
async function runImport(file: string | undefined, silent: boolean): Promise<ImportState> {
  const config = importConfig(process.env)
  const database = openDatabase({
    url: config.DATABASE_URL,
    applicationName: 'stacktach import',
    size: config.DATABASE_POOL,
  })
  try {
    await checkAvailable(database)
    await checkSharedSettings(
      database,
      { shards: config.SHARDS, rules: config.RULES },
      now,
      createLogger('import', 'silent'),
    )
    const partitions = new Partitions(database.pool, config.PARTITION_DAYS)
    const target = { database, partitions, shards: config.SHARDS, clock: now }
    return await importFile(target, file, { reading: readOptions(config), silent })
  } finally {
    await database.close()
  }
}

/** Fails at once when the database is unavailable; checkSharedSettings would wait for it. */
async function checkAvailable({ pool }: Database): Promise<void> {
  await pool.query('select 1').catch((error: unknown) => {
    throw databaseError(error)
  })
}

/** @throws Error when lines are not messages, for exit code 1 */
function printResult({ offset: _, lines, ...counts }: ImportState, json: boolean): void {
  const { stored, duplicates, rejected, unreadable } = counts
  if (json) printJson({ lines, ...counts })
  else console.error(`${lines} lines: stored ${stored}, duplicates ${duplicates}, rejected ${rejected}`)
  if (unreadable > 0) throw new Error(`${unreadable} of ${lines} lines are not messages`)
}
