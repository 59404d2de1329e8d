/** Verification statuses of an exists. */
export const existsStatuses = ['pending', 'verifying', 'verified', 'failed'] as const

export type ExistsStatus = (typeof existsStatuses)[number]

/** Services whose exists are verified, with the table of their exists and its subject column. */
export const existsTables = {
  nova: { table: 'instance_exists', subject: 'instance' },
  glance: { table: 'image_exists', subject: 'uuid' },
} as const

export type ExistsService = keyof typeof existsTables

export const existsServices: readonly ExistsService[] = ['nova', 'glance']
