import { onKey } from './keys.ts'

/** `j` and `k` move the focus to the first link of the next and previous row of a list; Enter then opens it. */
export function startListKeys(): void {
  onKey('j', () => move(1))
  onKey('k', () => move(-1))
}

function move(step: 1 | -1): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')].filter((row) => linkOf(row) !== null)
  const current = rows.findIndex((row) => row.contains(document.activeElement))
  const row = current < 0 ? firstVisible(rows) : rows[current + step]
  if (row === undefined) return false
  linkOf(row)?.focus({ preventScroll: true })
  row.scrollIntoView({ block: 'nearest' })
  return true
}

function linkOf(row: HTMLElement): HTMLElement | null {
  return row.querySelector<HTMLElement>('a[href], button:not([hidden])')
}

/** Without a focused row, the movement starts where one reads. */
function firstVisible(rows: readonly HTMLElement[]): HTMLElement | undefined {
  return rows.find((row) => row.getBoundingClientRect().top >= 0) ?? rows[0]
}
