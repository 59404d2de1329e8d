import type { Cell, LiveNotification } from './answers.ts'

/** The row that `watch` has for a live notification. */
export function liveRow({ service, id, when, deployment, event, error, instance, image }: LiveNotification): Cell[] {
  const [date = '', time = ''] = when.replace(/Z$/, '').split('T')
  const uuid = service === 'glance' ? image : instance
  return [id, error ? 'E' : ' ', date, time.replace(/\.0+$/, ''), deployment, event, uuid || '-']
}
