import type { ImportState } from './importState.ts'

const BAR_COLUMNS = 24

/**
 * The progress of an import: `[======>                 ]  25 %  12000/s  stored 3000, duplicates 0, rejected 0`
 *
 * @param startLines lines that were imported before this run
 * @param size of the file in bytes; null when it is unknown
 */
export function progressText(
  { offset, lines, stored, duplicates, rejected }: ImportState,
  startLines: number,
  size: number | null,
  seconds: number,
): string {
  const rate = Math.round((lines - startLines) / Math.max(seconds, 0.001))
  const counts = `${rate}/s  stored ${stored}, duplicates ${duplicates}, rejected ${rejected}`
  if (size === null) return `${lines} lines  ${counts}`
  const share = size === 0 ? 1 : Math.min(offset / size, 1)
  const filled = Math.floor(share * BAR_COLUMNS)
  const bar = `${'='.repeat(filled)}${filled < BAR_COLUMNS ? '>' : ''}`.padEnd(BAR_COLUMNS)
  return `[${bar}] ${String(Math.floor(share * 100)).padStart(3)} %  ${counts}`
}
