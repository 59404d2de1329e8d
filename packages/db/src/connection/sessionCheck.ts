import type { SessionTarget } from '@stacktach/runtime'
import { ConfigError } from '@stacktach/runtime'
import pg from 'pg'
import { matchesTarget, NoServerError, readServerState } from './serverSelector.ts'

/** A setting of our own, to see whether the settings of a connection arrive at the server. */
const MARKER = 'stacktach.settings'

/** Settings of a session that must hold, by name. */
export interface SessionSettings {
  readOnly: boolean
  /** Milliseconds; undefined: no limit is needed. */
  statementTimeout: number | undefined
  /** Milliseconds. */
  idleTransactionTimeout: number
}

/** The start-up parameter `options` with the settings. */
export function startupOptions(settings: SessionSettings, urlOptions: readonly string[]): string {
  // The last value of a setting counts.
  return [
    ...urlOptions,
    `-c ${MARKER}=on`,
    `-c idle_in_transaction_session_timeout=${settings.idleTransactionTimeout}`,
    ...(settings.readOnly ? ['-c default_transaction_read_only=on'] : []),
    ...(settings.statementTimeout === undefined ? [] : [`-c statement_timeout=${settings.statementTimeout}`]),
  ].join(' ')
}

/** The settings of a session, as the server has them. Milliseconds; 0: unlimited. */
export interface ActualSettings {
  /** Whether the settings of the connection arrived: the marker is set. */
  arrived: boolean
  readOnly: boolean
  statementTimeout: number
  idleTransactionTimeout: number
  role: string
}

/** The statements that give a role the settings that do not hold; none: all hold. */
export function missingSettings(required: SessionSettings, actual: ActualSettings): string[] {
  const limited = (limit: number, maximum: number) => limit > 0 && limit <= maximum
  const { statementTimeout: timeout, idleTransactionTimeout: idle } = required
  return [
    ...(required.readOnly && !actual.readOnly ? ['default_transaction_read_only = on'] : []),
    ...(timeout !== undefined && !limited(actual.statementTimeout, timeout) ? [`statement_timeout = ${timeout}`] : []),
    ...(limited(actual.idleTransactionTimeout, idle) ? [] : [`idle_in_transaction_session_timeout = ${idle}`]),
  ]
}

/** The settings that a pooler such as PgBouncer drops. A retry does not help. */
class SettingsLostError extends ConfigError {
  override name = 'SettingsLostError'
}

const pooled = new WeakSet<object>()

/**
 * Whether a connection goes through a pooler that gives each transaction another server. It has no prepared statements and
 * no settings of its own.
 */
export function isPooled(client: object): boolean {
  return pooled.has(client)
}

export interface SessionCheck {
  target: SessionTarget | null
  /** The variable with the URL of the database. */
  variable: string
  /** Whether a pooler must not drop the setting of read-only transactions. */
  requiresReadOnly: boolean
}

/**
 * Checks a new connection.
 *
 * @throws SettingsLostError when a pooler drops settings that the role does not have; NoServerError when the server does not
 * match the target any more
 */
export async function checkSession(
  client: pg.ClientBase,
  settings: SessionSettings,
  { target, variable, requiresReadOnly }: SessionCheck,
): Promise<void> {
  const { rows } = await client.query<ActualSettings>(
    `select coalesce(current_setting('${MARKER}', true), '') = 'on' as arrived,
            current_setting('default_transaction_read_only')::boolean as "readOnly",
            (select setting::int from pg_settings where name = 'statement_timeout') as "statementTimeout",
            (select setting::int from pg_settings where name = 'idle_in_transaction_session_timeout')
              as "idleTransactionTimeout",
            current_user::text as role`,
  )
  const [actual] = rows
  if (actual === undefined) throw new Error('PostgreSQL returned no settings')
  if (!actual.arrived) {
    pooled.add(client)
    const missing = missingSettings({ ...settings, readOnly: requiresReadOnly }, actual)
    if (missing.length > 0) {
      const statements = missing.map((setting) => `alter role ${pg.escapeIdentifier(actual.role)} set ${setting}`)
      throw new SettingsLostError(
        `a pooler in ${variable} drops settings of connections (ignore_startup_parameters of PgBouncer): give them to the role and reconnect PgBouncer, ${statements.join('; ')}`,
      )
    }
  }
  if (target === null || target === 'any' || target === 'prefer-standby') return
  const state = await readServerState(client)
  // The settings of this connection make every server read-only.
  if (!matchesTarget(target, { ...state, readOnly: state.readOnly && !settings.readOnly })) {
    throw new NoServerError(`the server does not match target_session_attrs=${target}`)
  }
}

/** Describes a pooler that refuses the settings of a connection; null for every other error. */
export function refusedOptions(error: unknown, variable: string): SettingsLostError | null {
  if (!(error instanceof Error) || !/unsupported startup parameter(?: in options)?: /.test(error.message)) return null
  return new SettingsLostError(
    `PgBouncer in ${variable} refuses settings of connections: set ignore_startup_parameters = options in pgbouncer.ini (${error.message})`,
  )
}
