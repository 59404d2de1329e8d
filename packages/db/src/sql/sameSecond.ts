import type { Rules } from '@stacktach/domain'

/** The domain's `ofSameSecond` in SQL, for two columns: the condition, and an ORDER BY term that puts exact matches first. */
export function sameSecond(one: string, other: string, rules: Rules): { condition: string; exactFirst: string } {
  const same = `${one} / 1000000 = ${other} / 1000000`
  const rounds = (time: string, whole: string) =>
    `${whole} % 1000000 = 0 and (${time} + 500000) / 1000000 = ${whole} / 1000000`
  const condition = rules === 'today' ? `(${same} or ${rounds(one, other)} or ${rounds(other, one)})` : same
  return { condition, exactFirst: `(${same}) desc` }
}
