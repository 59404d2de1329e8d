import { DAY, type NovaRow, SECOND } from '@stacktach/domain'

/** 2026-11-16 00:00:00 */
export const MONDAY = 1_794_787_200_000_000

/** A generator of pseudo-random numbers from 0 inclusive to 1 exclusive. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

export function shuffle<T>(items: readonly T[], random: () => number): T[] {
  const keyed = items.map((item) => ({ item, key: random() }))
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item)
}

let count = 0

/** A classic notification of nova with a unique message id. */
export function novaRow(
  instance: string | null,
  event: string,
  when: number,
  columns: Partial<NovaRow> = {},
  facts: NovaRow['facts'] = null,
): NovaRow {
  const messageId = `message-${++count}`
  return {
    table: 'nova',
    when: Math.round(when),
    dedupKey: messageId,
    routingKey: 'notifications.info',
    publisher: 'compute.host-1',
    service: 'compute',
    host: 'host-1',
    event: `compute.instance.${event}`,
    messageId,
    requestId: '',
    imageType: 1,
    json: `["notifications.info", {"message_id": "${messageId}"}]`,
    tenant: 'c0ffee',
    instance,
    state: 'active',
    oldState: '',
    task: '',
    oldTask: '',
    versioned: false,
    userId: 'user',
    osArchitecture: '',
    osDistro: '',
    osVersion: '',
    raxOptions: '',
    facts,
    ...columns,
  }
}

const operations = ['rebuild', 'rescue', 'unshelve', 'reboot', 'resize.prep', 'finish_resize', 'resize.revert']

/**
 * Notifications of instances over several days: classic, versioned or both. Each instance is created, changed by user
 * requests and audited each midnight; some are deleted. Some requests cross midnight or have no end.
 */
export function randomNotifications(instances: number, days: number, seed: number): NovaRow[] {
  const random = seededRandom(seed)
  const rows: NovaRow[] = []
  for (let number = 0; number < instances; number++) {
    const instance = `instance-${String(number).padStart(3, '0')}`
    const format = ['classic', 'versioned', 'both'][number % 3]
    const add = (event: string, when: number, requestId: string, facts: NovaRow['facts'] = null) => {
      const columns = { requestId, host: `host-${Math.floor(when / DAY) % 5}`, state: event }
      const counterpart = when + 3_000 + random() * 100_000
      if (format !== 'versioned') rows.push(novaRow(instance, event, when, columns, facts))
      if (format !== 'classic') {
        rows.push(
          novaRow(instance, event, format === 'both' ? counterpart : when, { ...columns, versioned: true }, facts),
        )
      }
    }
    const createdAt = MONDAY + random() * 2 * DAY
    let launchedAt = Math.floor(createdAt / SECOND) * SECOND
    const request = (name: string) => `req-${instance}-${name}`
    const facts = (more: object = {}) => ({ launchedAt, instanceFlavorId: random() < 0.5 ? 'small' : 'large', ...more })
    add('update', createdAt - 2 * SECOND, request('create'))
    add('create.start', createdAt - SECOND, request('create'), { instanceFlavorId: 'small' })
    if (random() < 0.9) add('create.end', createdAt + random() * DAY, request('create'), facts({ message: 'Success' }))
    const usedRequests = new Set<string>()
    for (let operation = 0; operation < 8; operation++) {
      const name = operations[Math.floor(random() * operations.length)] ?? 'reboot'
      // A request has each operation once: otherwise the counterparts of the two could not be distinguished.
      const key = `${name} ${operation % 5}`
      const requestId = request(usedRequests.has(key) ? `again-${operation}` : String(operation % 5))
      usedRequests.add(key)
      const start = createdAt + random() * days * DAY
      // Some start just before midnight, so that their end or their counterpart is in the next partition.
      const at = random() < 0.4 ? Math.ceil(start / DAY) * DAY - random() * 100_000 : start
      add(`${name}.start`, at, requestId, facts())
      if (random() < 0.3) launchedAt += 60 * SECOND
      if (random() < 0.8)
        add(`${name}.end`, at + random() * (random() < 0.3 ? 2 * DAY : 90 * SECOND), requestId, facts())
    }
    for (let day = Math.ceil(createdAt / DAY); day <= MONDAY / DAY + days; day++) {
      const period = { auditPeriodBeginning: (day - 1) * DAY, auditPeriodEnding: day * DAY }
      add('exists', day * DAY + (random() - 0.3) * 60 * SECOND, '', facts(period))
    }
    if (random() < 0.4) {
      const deletedAt = createdAt + random() * days * DAY
      add('delete.start', deletedAt - SECOND, request('delete'), facts())
      add(
        'delete.end',
        deletedAt,
        request('delete'),
        facts({ terminatedAt: Math.floor(deletedAt), deletedAt: Math.floor(deletedAt) }),
      )
    }
  }
  return rows
}

/** Maximum time between counterparts without a request id. */
const COUNTERPART_WINDOW = SECOND

/**
 * Whether a notification may arrive after everything before the horizons was dropped. It must not be older than the latest
 * horizon, nor the classic counterpart of a dropped versioned notification: that one is folded already.
 */
export function canArriveLate(row: NovaRow, all: readonly NovaRow[], horizons: readonly number[]): boolean {
  if (row.when < Math.max(...horizons)) return false
  if (row.versioned) return true
  return !all.some(
    (other) =>
      other.versioned &&
      other.instance === row.instance &&
      other.event === row.event &&
      other.requestId === row.requestId &&
      (row.requestId !== '' || Math.abs(other.when - row.when) < COUNTERPART_WINDOW) &&
      horizons.some((horizon) => other.when < horizon && row.when >= horizon),
  )
}
