/** Each service has its own notification table, with its own columns and ids. */
export const notificationServices = ['nova', 'glance', 'generic'] as const

export type Service = (typeof notificationServices)[number]
