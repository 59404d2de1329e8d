import pg from 'pg'
import { parse } from 'postgres-array'

const { INT8 } = pg.types.builtins

/** int8[], which pg.types.builtins does not name. */
const INT8_ARRAY = 1016

/**
 * Parsers for the columns of our SQL: int8 becomes a number. Ids, counts and microseconds of Unix time are safe
 * integers. Byte counts in notifications can be larger: select them as text. Prisma has its own parsers and returns
 * bigints.
 */
export const columnParsers = new pg.TypeOverrides()
columnParsers.setTypeParser(INT8, parseInt8)
columnParsers.setTypeParser(INT8_ARRAY, (text) => parse(text, parseInt8))

/** @throws RangeError for an integer that a number cannot hold exactly */
function parseInt8(text: string): number {
  const number = Number(text)
  if (!Number.isSafeInteger(number))
    throw new RangeError(`int8 value ${text} exceeds the safe integers: select it as text`)
  return number
}
