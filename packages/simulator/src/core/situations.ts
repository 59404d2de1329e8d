/**
 * Situations of real clouds that an ordinary cloud does not have. The first nine are operations of instances and
 * images of their own; the last three change the whole cloud.
 */
export const situations = [
  /** Soft deletes that are audited for several periods, then reclaimed, restored, or still pending at the end. */
  'deferred-deletes',
  /** Deletes by the API alone, of an instance whose host is down and of a shelved one: only `force_delete.*`. */
  'force-deletes',
  /** Audits during a resize and during its revert: the new flavor with the old launch time. */
  'audited-resizes',
  /** Several exists of the same hour: a live migration between two audits, and a rescheduled resize. */
  'shared-hours',
  /** A resize that fails after `finish_resize.start`: the instance keeps the new flavor and the old launch time. */
  'failed-resizes',
  /** nova-compute ends during a delete and sends `delete.end` after its restart, with another request id. */
  'crashed-deletes',
  /** Reboots that never end, because nova-compute waits for its driver. */
  'stuck-operations',
  /** Instances that are shelved and stay on their host: the exists of the shelve and of the audit overlap. */
  'shelved-instances',
  /** Images that become active without `image.activate`, and uploads that fail. */
  'imported-images',
  /** nova translates the word for success in `create.end`. */
  'translated-messages',
  /** Project ids with dashes, and one that is `default`. */
  'dashed-projects',
  /** Halfway, nova switches to versioned notifications, which have no image metadata. */
  'format-switch',
] as const

export type Situation = (typeof situations)[number]
