import { DAY, type NovaRow, SECOND } from '@stacktach/domain'

/** 2026-11-16 00:00:00 */
export const MONDAY = 1_794_787_200_000_000

/** Numbers from 0 to 1 that are the same for the same seed. */
export function drawing(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

export function shuffle<T>(items: readonly T[], draw: () => number): T[] {
  const keyed = items.map((item) => ({ item, at: draw() }))
  return keyed.sort((a, b) => a.at - b.at).map(({ item }) => item)
}

let count = 0

/** A stored notification of nova, with an id of its own. */
export function novaRow(
  instance: string | null,
  event: string,
  when: number,
  said: Partial<NovaRow> = {},
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
    ...said,
  }
}

const operations = ['rebuild', 'rescue', 'unshelve', 'reboot', 'resize.prep', 'finish_resize', 'resize.revert']

/**
 * Some instances over some days, in one format or in both: brought up, worked on by requests of a user of which some go
 * over midnight or lack an end, audited each midnight, some deleted.
 */
export function severalDays(instances: number, days: number, seed: number): NovaRow[] {
  const draw = drawing(seed)
  const rows: NovaRow[] = []
  for (let number = 0; number < instances; number++) {
    const instance = `instance-${String(number).padStart(3, '0')}`
    const format = ['classic', 'versioned', 'both'][number % 3]
    const tell = (event: string, when: number, requestId: string, facts: NovaRow['facts'] = null) => {
      const said = { requestId, host: `host-${Math.floor(when / DAY) % 5}`, state: event }
      const counterpart = when + 3_000 + draw() * 100_000
      if (format !== 'versioned') rows.push(novaRow(instance, event, when, said, facts))
      if (format !== 'classic') {
        rows.push(novaRow(instance, event, format === 'both' ? counterpart : when, { ...said, versioned: true }, facts))
      }
    }
    const began = MONDAY + draw() * 2 * DAY
    let launchedAt = Math.floor(began / SECOND) * SECOND
    const request = (name: string) => `req-${instance}-${name}`
    const facts = (more: object = {}) => ({ launchedAt, instanceFlavorId: draw() < 0.5 ? 'small' : 'large', ...more })
    tell('update', began - 2 * SECOND, request('create'))
    tell('create.start', began - SECOND, request('create'), { instanceFlavorId: 'small' })
    if (draw() < 0.9) tell('create.end', began + draw() * DAY, request('create'), facts({ message: 'Success' }))
    const done = new Set<string>()
    for (let work = 0; work < 8; work++) {
      const name = operations[Math.floor(draw() * operations.length)] ?? 'reboot'
      // A request does a thing once: of one that does it again days later, counterparts are not told apart.
      const own = request(done.has(`${name} ${work % 5}`) ? `again-${work}` : String(work % 5))
      done.add(`${name} ${work % 5}`)
      const start = began + draw() * days * DAY
      // Some start a moment before midnight: their end, or their counterpart, lies behind it.
      const at = draw() < 0.4 ? Math.ceil(start / DAY) * DAY - draw() * 100_000 : start
      tell(`${name}.start`, at, own, facts())
      if (draw() < 0.3) launchedAt += 60 * SECOND
      if (draw() < 0.8) tell(`${name}.end`, at + draw() * (draw() < 0.3 ? 2 * DAY : 90 * SECOND), own, facts())
    }
    for (let day = Math.ceil(began / DAY); day <= MONDAY / DAY + days; day++) {
      const period = { auditPeriodBeginning: (day - 1) * DAY, auditPeriodEnding: day * DAY }
      tell('exists', day * DAY + (draw() - 0.3) * 60 * SECOND, '', facts(period))
    }
    if (draw() < 0.4) {
      const gone = began + draw() * days * DAY
      tell('delete.start', gone - SECOND, request('delete'), facts())
      tell(
        'delete.end',
        gone,
        request('delete'),
        facts({ terminatedAt: Math.floor(gone), deletedAt: Math.floor(gone) }),
      )
    }
  }
  return rows
}

/** Microseconds between counterparts at most. */
const APART = SECOND

/**
 * Whether a notification may come after everything before some instants is gone: not older than the last of them, and not
 * the classic counterpart of a versioned one that counted and is gone, which nothing could take back.
 */
export function mayComeLate(row: NovaRow, all: readonly NovaRow[], horizons: readonly number[]): boolean {
  if (row.when < Math.max(...horizons)) return false
  if (row.versioned) return true
  return !all.some(
    (other) =>
      other.versioned &&
      other.instance === row.instance &&
      other.event === row.event &&
      other.requestId === row.requestId &&
      (row.requestId !== '' || Math.abs(other.when - row.when) < APART) &&
      horizons.some((horizon) => other.when < horizon && row.when >= horizon),
  )
}
