import type { Rules } from '@stacktach/domain'

/** The domain's `inSameSecond` in SQL, for two columns: the condition, and an ORDER BY term that puts exact matches first. */
export function sameSecond(one: string, other: string, rules: Rules): { condition: string; exactFirst: string } {
  const same = `${second(one)} = ${second(other)}`
  const rounds = (time: string, whole: string) =>
    `${whole} % 1000000 = 0 and ${second(`(${time} + 500000)`)} = ${whole}`
  const condition = rules === 'today' ? `(${same} or ${rounds(one, other)} or ${rounds(other, one)})` : same
  return { condition, exactFirst: `(${same}) desc` }
}

/** The start of the second of a time. PostgreSQL's `/` and `%` round toward zero, which differs before 1970. */
function second(time: string): string {
  return `(${time} - (${time} % 1000000 + 1000000) % 1000000)`
}
