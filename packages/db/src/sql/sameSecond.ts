import type { Rules } from '@stacktach/domain'

/** As `ofSameSecond` of the domain has it, for two columns: whether they are the same, and what sorts the nearer first. */
export function sameSecond(one: string, other: string, rules: Rules): { holds: string; nearerFirst: string } {
  const same = `${one} / 1000000 = ${other} / 1000000`
  const rounds = (time: string, whole: string) =>
    `${whole} % 1000000 = 0 and (${time} + 500000) / 1000000 = ${whole} / 1000000`
  const holds = rules === 'today' ? `(${same} or ${rounds(one, other)} or ${rounds(other, one)})` : same
  return { holds, nearerFirst: `(${same}) desc` }
}
