import type { Rules } from '../rules.ts'
import { type NormalizeResult, normalize } from './normalize.ts'
import { endOfValue, skipBlanks } from './scanJson.ts'
import type { Service } from './service.ts'

/**
 * Derives the columns of a stored notification again, by the current rules. Its identity does not follow from the stored
 * text, which lacks the secrets: keep `dedupKey` and `json` of the stored row.
 *
 * @param service of its table
 * @param json `[routing_key, notification]`, as stored
 */
export function normalizeStored(service: Service, json: string, rules: Rules): NormalizeResult {
  const keyFrom = skipBlanks(json, 1)
  const keyUntil = endOfValue(json, keyFrom)
  const comma = skipBlanks(json, keyUntil)
  const routingKey: unknown = JSON.parse(json.slice(keyFrom, keyUntil))
  const body = json.slice(skipBlanks(json, comma + 1), json.lastIndexOf(']'))
  return normalize({ service, routingKey: typeof routingKey === 'string' ? routingKey : '', body }, () => '', rules)
}
