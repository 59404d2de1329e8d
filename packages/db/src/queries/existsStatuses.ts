/** Where an exists can be in its verification. */
export const existsStatuses = ['pending', 'verifying', 'verified', 'failed'] as const

export type ExistsStatus = (typeof existsStatuses)[number]

/** Services whose exists are verified, with what holds them and what each is about. */
export const existsTables = {
  nova: { table: 'instance_exists', subject: 'instance' },
  glance: { table: 'image_exists', subject: 'uuid' },
} as const

export type ExistsService = keyof typeof existsTables

export const existsServices: readonly ExistsService[] = ['nova', 'glance']
