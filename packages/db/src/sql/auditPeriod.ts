import { DAY, HOUR, MINUTE } from '@stacktach/domain'

const NO_MONTH = 28 * DAY

/**
 * SQL condition: an audit period is a whole hour, day, month or year, possibly at an offset such as `day@6` or `hour@15`.
 * Other exists are sent at an action of the user and have the part of the audit period before it.
 */
export function isWholeAuditPeriod(beginning: string, ending: string): string {
  const time = (column: string) => `(timestamp 'epoch' + ${column} * interval '1 microsecond')`
  const isCalendarPeriod = ['1 month', '1 year']
    .map((length) => `${time(beginning)} + interval '${length}' = ${time(ending)}`)
    .join(' or ')
  return `case ${ending} - ${beginning}
          when ${DAY} then true
          when ${HOUR} then ${beginning} % ${MINUTE} = 0
          else ${ending} - ${beginning} >= ${NO_MONTH} and ${beginning} % ${MINUTE} = 0 and (${isCalendarPeriod}) end`
}
