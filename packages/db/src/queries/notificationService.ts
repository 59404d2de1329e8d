/** Whose notifications: each service has a table of its own, because their columns differ and so do their ids. */
export const notificationServices = ['nova', 'glance', 'generic'] as const

export type Service = (typeof notificationServices)[number]
