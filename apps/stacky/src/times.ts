const pattern = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2})(?::(\d{2})(\.\d{1,6})?)?)?Z?$/

/**
 * A time as people write it, in UTC, as unix time: whole seconds, and the digits of a fraction as they stand, which a
 * number would not hold. Unix time stays what it is; a day is its first moment.
 *
 * @returns null when it is no time
 */
export function unixTime(text: string): string | null {
  if (/^\d{1,12}(\.\d{1,6})?$/.test(text)) return text
  const [, day, minute = '00:00', second = '00', fraction = ''] = pattern.exec(text) ?? []
  const milliseconds = Date.parse(`${day}T${minute}:${second}Z`)
  // A day that a month does not have would become one of the next month.
  if (Number.isNaN(milliseconds) || !new Date(milliseconds).toISOString().startsWith(`${day}T${minute}`)) return null
  return `${milliseconds / 1000}${fraction}`
}

const pad = (number: number) => String(number).padStart(2, '0')
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

/** Unix time as Stacky shows the ends of a report's period: `Nov 25 13:00`. */
export function shortTime(seconds: number): string {
  const date = new Date(seconds * 1000)
  return `${shortDay(date)} ${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}`
}

/** Unix time as Stacky shows when a report was made: `Wed Nov 25`. */
export function weekday(seconds: number): string {
  const date = new Date(seconds * 1000)
  return `${weekdays[date.getUTCDay()]} ${shortDay(date)}`
}

function shortDay(date: Date): string {
  return `${months[date.getUTCMonth()]} ${pad(date.getUTCDate())}`
}
