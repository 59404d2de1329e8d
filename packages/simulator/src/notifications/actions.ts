/** An action on instances: its event names in nova's two formats, its versioned payload object, and variations. */
export type Action = {
  /** The name after `compute.instance.`; null if the classic format has no such notification. */
  readonly classic: string | null
  /** The name after `instance.`; null if the versioned format has no such notification. */
  readonly versioned: string | null
  /**
   * The name that is stored, if it is neither of the two: a versioned start and end of a single classic notification.
   */
  readonly storedAs?: string
  readonly object: readonly [name: string, version: string]
  /** Which classic notifications include the fixed addresses. */
  readonly addresses: 'none' | 'end' | 'both'
  /** Which notifications have times truncated to the second, because nova passed the instance by RPC. */
  readonly truncate: 'none' | 'start' | 'both'
  /** SentNotification with administrator's rights. */
  readonly elevated: boolean
}

const defaults: Action = {
  classic: null,
  versioned: null,
  object: ['InstanceActionPayload', '1.8'],
  addresses: 'none',
  truncate: 'start',
  elevated: false,
}

function action(name: string, overrides: Partial<Action> = {}): Action {
  return { ...defaults, classic: name, versioned: name, ...overrides }
}

const rebuildObject = ['InstanceActionRebuildPayload', '1.9'] as const
const rescueObject = ['InstanceActionRescuePayload', '1.3'] as const
const volumeObject = ['InstanceActionVolumePayload', '1.6'] as const

export const actions = {
  create: action('create', { object: ['InstanceCreatePayload', '1.12'], addresses: 'end' }),
  shutdown: action('shutdown', { truncate: 'both', elevated: true }),
  delete: action('delete'),
  softDelete: action('soft_delete'),
  forceDelete: action('force_delete'),
  restore: action('restore'),
  reboot: action('reboot', { elevated: true }),
  powerOff: action('power_off'),
  powerOn: action('power_on'),
  pause: action('pause', { elevated: true }),
  unpause: action('unpause', { elevated: true }),
  suspend: action('suspend', { elevated: true }),
  resume: action('resume', { elevated: true }),
  lock: { ...defaults, versioned: 'lock' },
  unlock: { ...defaults, versioned: 'unlock' },
  snapshot: action('snapshot', { object: ['InstanceActionSnapshotPayload', '1.9'], truncate: 'none', elevated: true }),
  rebuildScheduled: {
    ...defaults,
    classic: 'rebuild.scheduled',
    versioned: 'rebuild_scheduled',
    object: rebuildObject,
  },
  rebuild: action('rebuild', { object: rebuildObject, addresses: 'end', elevated: true }),
  resizePrep: {
    ...defaults,
    classic: 'resize.prep',
    versioned: 'resize_prep',
    object: ['InstanceActionResizePrepPayload', '1.3'],
  },
  resize: action('resize', { addresses: 'both', truncate: 'none' }),
  finishResize: {
    ...defaults,
    classic: 'finish_resize',
    versioned: 'resize_finish',
    addresses: 'both',
    truncate: 'none',
  },
  resizeConfirm: {
    ...defaults,
    classic: 'resize.confirm',
    versioned: 'resize_confirm',
    addresses: 'end',
    truncate: 'none',
  },
  resizeRevert: { ...defaults, classic: 'resize.revert', versioned: 'resize_revert' },
  rescue: action('rescue', { object: rescueObject, addresses: 'both', elevated: true }),
  unrescue: action('unrescue', { addresses: 'both', elevated: true }),
  shelve: action('shelve'),
  shelveOffload: action('shelve_offload', { truncate: 'none' }),
  unshelve: action('unshelve'),
  liveMigrationPre: {
    ...defaults,
    classic: 'live_migration.pre',
    versioned: 'live_migration_pre',
    addresses: 'both',
    truncate: 'both',
  },
  liveMigrationPost: {
    ...defaults,
    classic: 'live_migration._post',
    versioned: 'live_migration_post',
    addresses: 'both',
    truncate: 'both',
  },
  liveMigrationPostDest: {
    ...defaults,
    classic: 'live_migration.post.dest',
    versioned: 'live_migration_post_dest',
    addresses: 'both',
  },
  volumeAttach: {
    ...defaults,
    versioned: 'volume_attach',
    storedAs: 'volume.attach',
    object: volumeObject,
    elevated: true,
  },
  volumeAttached: { ...defaults, classic: 'volume.attach', truncate: 'both', elevated: true },
  volumeDetach: { ...defaults, versioned: 'volume_detach', storedAs: 'volume.detach', object: volumeObject },
  volumeDetached: { ...defaults, classic: 'volume.detach', truncate: 'both' },
  interfaceAttach: { ...defaults, versioned: 'interface_attach' },
  interfaceDetach: { ...defaults, versioned: 'interface_detach' },
} satisfies Record<string, Action>

export type ActionName = keyof typeof actions

/** `start` and `end` enclose the work, `error` reports its failure; null: a single notification. */
export type Phase = 'start' | 'end' | 'error' | null
