const pattern = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2})(?::(\d{2})(\.\d{1,6})?)?)?Z?$/

/**
 * Converts a date, a date and time (both UTC) or unix time to unix time. A date means its midnight. The fraction is
 * copied as text, because a number would lose digits.
 *
 * @returns null when the text is not a time
 */
export function toUnixTime(text: string): string | null {
  if (/^\d{1,12}(\.\d{1,6})?$/.test(text)) return text
  const [, day, minute = '00:00', second = '00', fraction = ''] = pattern.exec(text) ?? []
  const milliseconds = Date.parse(`${day}T${minute}:${second}Z`)
  // Date.parse turns February 30 into a day of March.
  if (Number.isNaN(milliseconds) || !new Date(milliseconds).toISOString().startsWith(`${day}T${minute}`)) return null
  return `${milliseconds / 1000}${fraction}`
}

const pad = (number: number) => String(number).padStart(2, '0')
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

/** Formats unix time as Stacky shows the ends of a report's period: `Nov 25 13:00`. */
export function reportTime(seconds: number): string {
  const date = new Date(seconds * 1000)
  return `${shortDay(date)} ${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}`
}

/** Formats unix time as Stacky shows a report's creation: `Wed Nov 25`. */
export function reportDay(seconds: number): string {
  const date = new Date(seconds * 1000)
  return `${weekdays[date.getUTCDay()]} ${shortDay(date)}`
}

function shortDay(date: Date): string {
  return `${months[date.getUTCMonth()]} ${pad(date.getUTCDate())}`
}
