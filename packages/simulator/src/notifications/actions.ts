/**
 * What happens to instances, as nova names it in its two formats. A row says which payload object the versioned form has
 * and what its notifications show; what a single one shows besides comes with it.
 */
export type Action = {
  /** After `compute.instance.`; null when the classic format has no such notification. */
  readonly classic: string | null
  /** After `instance.`; null when the versioned format has no such notification. */
  readonly versioned: string | null
  /** Where it is known by neither of the two: the versioned pair of what the classic format says in one notification. */
  readonly known?: string
  readonly object: readonly [name: string, version: string]
  /** Which classic ones list the fixed addresses. */
  readonly addresses: 'none' | 'end' | 'both'
  /** Which come from an instance that was handed on by RPC, whose times are cut to the second. */
  readonly cut: 'none' | 'start' | 'both'
  /** SentNotification with administrator's rights. */
  readonly elevated: boolean
}

const plain: Action = {
  classic: null,
  versioned: null,
  object: ['InstanceActionPayload', '1.8'],
  addresses: 'none',
  cut: 'start',
  elevated: false,
}

function action(name: string, more: Partial<Action> = {}): Action {
  return { ...plain, classic: name, versioned: name, ...more }
}

const rebuildObject = ['InstanceActionRebuildPayload', '1.9'] as const
const rescueObject = ['InstanceActionRescuePayload', '1.3'] as const
const volumeObject = ['InstanceActionVolumePayload', '1.6'] as const

export const actions = {
  create: action('create', { object: ['InstanceCreatePayload', '1.12'], addresses: 'end' }),
  shutdown: action('shutdown', { cut: 'both', elevated: true }),
  delete: action('delete'),
  reboot: action('reboot', { elevated: true }),
  powerOff: action('power_off'),
  powerOn: action('power_on'),
  pause: action('pause', { elevated: true }),
  unpause: action('unpause', { elevated: true }),
  suspend: action('suspend', { elevated: true }),
  resume: action('resume', { elevated: true }),
  lock: { ...plain, versioned: 'lock' },
  unlock: { ...plain, versioned: 'unlock' },
  snapshot: action('snapshot', { object: ['InstanceActionSnapshotPayload', '1.9'], cut: 'none', elevated: true }),
  rebuildScheduled: { ...plain, classic: 'rebuild.scheduled', versioned: 'rebuild_scheduled', object: rebuildObject },
  rebuild: action('rebuild', { object: rebuildObject, addresses: 'end', elevated: true }),
  resizePrep: {
    ...plain,
    classic: 'resize.prep',
    versioned: 'resize_prep',
    object: ['InstanceActionResizePrepPayload', '1.3'],
  },
  resize: action('resize', { addresses: 'both', cut: 'none' }),
  finishResize: { ...plain, classic: 'finish_resize', versioned: 'resize_finish', addresses: 'both', cut: 'none' },
  resizeConfirm: { ...plain, classic: 'resize.confirm', versioned: 'resize_confirm', addresses: 'end', cut: 'none' },
  resizeRevert: { ...plain, classic: 'resize.revert', versioned: 'resize_revert' },
  rescue: action('rescue', { object: rescueObject, addresses: 'both', elevated: true }),
  unrescue: action('unrescue', { addresses: 'both', elevated: true }),
  shelve: action('shelve'),
  shelveOffload: action('shelve_offload', { cut: 'none' }),
  unshelve: action('unshelve'),
  liveMigrationPre: {
    ...plain,
    classic: 'live_migration.pre',
    versioned: 'live_migration_pre',
    addresses: 'both',
    cut: 'both',
  },
  liveMigrationPost: {
    ...plain,
    classic: 'live_migration._post',
    versioned: 'live_migration_post',
    addresses: 'both',
    cut: 'both',
  },
  liveMigrationPostDest: {
    ...plain,
    classic: 'live_migration.post.dest',
    versioned: 'live_migration_post_dest',
    addresses: 'both',
  },
  volumeAttach: { ...plain, versioned: 'volume_attach', known: 'volume.attach', object: volumeObject, elevated: true },
  volumeAttached: { ...plain, classic: 'volume.attach', cut: 'both', elevated: true },
  volumeDetach: { ...plain, versioned: 'volume_detach', known: 'volume.detach', object: volumeObject },
  volumeDetached: { ...plain, classic: 'volume.detach', cut: 'both' },
  interfaceAttach: { ...plain, versioned: 'interface_attach' },
  interfaceDetach: { ...plain, versioned: 'interface_detach' },
} satisfies Record<string, Action>

export type ActionName = keyof typeof actions

/** `start` and `end` enclose a piece of work, `error` is its failure; null is a notification that stands alone. */
export type Phase = 'start' | 'end' | 'error' | null
