import { shownSendStatus, shownStatus } from '../sql/existsStatus.ts'

/** time: microseconds of Unix time. bytes: may exceed the safe integers. id: `bigint`. */
type UsageColumnType = 'id' | 'number' | 'text' | 'time' | 'bytes'

/** A column of a list, by the name that StackTach gives it. */
export interface UsageColumn {
  /** Expression over the row `e`. */
  sql: string
  type: UsageColumnType
  nullable: boolean
}

/** A list of `/db/usage`. */
export interface UsageList {
  table: string
  /** The rows that the list has. */
  where: string | null
  columns: Readonly<Record<string, UsageColumn>>
  /** The column of the default order, which is descending. */
  order: string
  /** The columns of times that have an index. */
  indexed: readonly string[]
  /** The column with the tenant, if it has one. */
  tenant: string | null
  /** Whether rows have a verdict, a deployment and a time of receipt. */
  exists: boolean
}

const column =
  (type: UsageColumnType, nullable = false) =>
  (sql: string): UsageColumn => ({ sql: `e.${sql}`, type, nullable })

const id = column('id')
const optionalId = column('id', true)
const text = column('text')
const optionalText = column('text', true)
const time = column('time')
const optionalTime = column('time', true)
const optionalBytes = column('bytes', true)

/** Empty text instead of null, as in StackTach. */
const blankText = (name: string): UsageColumn => ({ sql: `coalesce(e.${name}, '')`, type: 'text', nullable: false })

const flavor = {
  instance_type_id: optionalText('instance_type_id'),
  instance_flavor_id: optionalText('instance_flavor_id'),
  tenant: optionalText('tenant'),
  os_architecture: blankText('os_architecture'),
  os_distro: blankText('os_distro'),
  os_version: blankText('os_version'),
  rax_options: blankText('rax_options'),
}

const verdict = {
  audit_period_beginning: optionalTime('audit_period_beginning'),
  audit_period_ending: optionalTime('audit_period_ending'),
  received: time('"when"'),
  status: { sql: shownStatus('e'), type: 'text', nullable: false },
  fail_reason: optionalText('fail_reason'),
  send_status: { sql: shownSendStatus('e'), type: 'number', nullable: false },
  event_id: optionalText('event_id'),
  raw: id('notification_id'),
  delete: optionalId('delete_id'),
} satisfies Record<string, UsageColumn>

/**
 * A versioned exists is left out if the classic one of the same instance, audit period and launch is there: they are one
 * usage, as for the outbox. Usually the fold has removed it.
 */
const WITHOUT_COUNTERPARTS = `not (e.versioned and exists (
  select from instance_exists classic
   where classic.instance = e.instance and not classic.versioned
     and classic.launched_at >= e.launched_at / 1000000 * 1000000
     and classic.launched_at < (e.launched_at / 1000000 + 1) * 1000000
     and coalesce(classic.audit_period_beginning / 1000000, 0) = coalesce(e.audit_period_beginning / 1000000, 0)
     and coalesce(classic.audit_period_ending / 1000000, 0) = coalesce(e.audit_period_ending / 1000000, 0)))`

/** The lists of `/db/usage`, with StackTach's names of their columns. */
const usageLists = {
  novaLaunches: {
    table: 'instance_launch',
    where: null,
    columns: {
      id: id('id'),
      instance: text('instance'),
      launched_at: optionalTime('launched_at'),
      request_id: text('request_id'),
      ...flavor,
    },
    order: 'launched_at',
    indexed: ['launched_at'],
    tenant: 'tenant',
    exists: false,
  },
  novaDeletes: {
    table: 'instance_delete',
    where: 'e.effective',
    columns: {
      id: id('id'),
      instance: text('instance'),
      launched_at: time('launched_at'),
      deleted_at: time('deleted_at'),
      raw: id('notification_id'),
    },
    order: 'launched_at',
    indexed: ['launched_at', 'deleted_at'],
    tenant: null,
    exists: false,
  },
  novaExists: {
    table: 'instance_exists',
    where: WITHOUT_COUNTERPARTS,
    columns: {
      id: id('id'),
      message_id: optionalText('message_id'),
      instance: text('instance'),
      launched_at: time('launched_at'),
      deleted_at: optionalTime('deleted_at'),
      ...verdict,
      usage: optionalId('launch_id'),
      ...flavor,
      bandwidth_public_out: { sql: 'coalesce(e.bandwidth_public_out, 0)', type: 'bytes', nullable: false },
    },
    order: 'id',
    indexed: ['audit_period_beginning', 'audit_period_ending', 'received'],
    tenant: 'tenant',
    exists: true,
  },
  glanceImages: {
    table: 'image_usage',
    where: null,
    columns: {
      id: id('id'),
      uuid: text('uuid'),
      created_at: time('created_at'),
      owner: optionalText('owner'),
      size: optionalBytes('size'),
      last_raw: id('notification_id'),
    },
    order: 'created_at',
    indexed: ['created_at'],
    tenant: 'owner',
    exists: false,
  },
  glanceDeletes: {
    table: 'image_delete',
    where: null,
    columns: { id: id('id'), uuid: text('uuid'), deleted_at: time('deleted_at'), raw: id('notification_id') },
    order: 'deleted_at',
    indexed: ['deleted_at'],
    tenant: null,
    exists: false,
  },
  glanceExists: {
    table: 'image_exists',
    where: null,
    columns: {
      id: id('id'),
      message_id: optionalText('message_id'),
      uuid: text('uuid'),
      created_at: time('created_at'),
      deleted_at: optionalTime('deleted_at'),
      ...verdict,
      usage: optionalId('usage_id'),
      owner: optionalText('owner'),
      size: optionalBytes('size'),
    },
    order: 'id',
    indexed: ['audit_period_beginning', 'received'],
    tenant: 'owner',
    exists: true,
  },
} as const satisfies Record<string, UsageList>

export type UsageListName = keyof typeof usageLists

/** A list by its name, as the type that all lists have. */
export function usageList(name: UsageListName): UsageList {
  return usageLists[name]
}
