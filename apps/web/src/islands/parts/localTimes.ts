/** Writes times in the browser's time zone, where the page asks for it. The title keeps UTC. */
export function showLocalTimes(): void {
  for (const time of document.querySelectorAll<HTMLTimeElement>('time[data-local]')) {
    const date = new Date(time.dateTime)
    if (!Number.isNaN(date.getTime())) time.textContent = localTime(date)
  }
}

function localTime(date: Date): string {
  const pad = (value: number, digits = 2) => String(value).padStart(digits, '0')
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`
  const clock = `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`
  return `${day} ${clock}.${pad(date.getMilliseconds(), 3)}`
}
