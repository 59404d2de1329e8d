import { test } from '@jest/globals'
import { redact } from './notifications/redact.ts'
import { parseJson, rewriteJson } from './notifications/json.ts'
import { normalize, EARLIEST } from './notifications/normalize.ts'
import { parseInstant, formatInstant, parseUnixTime } from './time/instant.ts'
const ctx = { horizon: EARLIEST, latest: Number.MAX_SAFE_INTEGER, digest: (t: string) => String(t.length) }
const n = (o: object, service: 'nova' | 'glance' = 'nova') => ({ service, routingKey: 'notifications.info', body: JSON.stringify({ event_type: 'e', publisher_id: 'compute.h', timestamp: '2026-11-23 20:00:00', message_id: 'm', ...o }) })
const log: string[] = []
const tryit = (name: string, f: () => unknown) => { const t = Date.now(); let r; try { r = f() } catch (e) { r = 'THROWS ' + e } log.push(name + ': ' + JSON.stringify(r, (_k, v) => typeof v === 'bigint' ? `${v}n` : v)?.slice(0, 400) + ` (${Date.now() - t} ms)`) }
test('probe', () => {
  tryit('array string', () => redact(JSON.stringify({ args: [JSON.stringify({ auth_token: 'SECRET' })] })))
  tryit('array string + other', () => redact(JSON.stringify({ password: 'x', args: [JSON.stringify({ auth_token: 'SECRET' })] })))
  tryit('twice encoded', () => redact(JSON.stringify({ a: JSON.stringify(JSON.stringify({ password: 'SECRET' })) })))
  tryit('array in string', () => redact(JSON.stringify({ a: JSON.stringify([{ password: 'SECRET' }]) })))
  tryit('escaped key', () => redact('{"p\\u0061ssword":"SECRET"}'))
  tryit('escaped key with another', () => redact('{"p\\u0061ssword":"SECRET","password":"X"}'))
  tryit('python', () => redact(JSON.stringify({ exception: "{'kwargs': {'admin_pass': 'SECRET'}}" })))
  tryit('python mixed', () => redact(JSON.stringify({ exception: `{"password": "SECRET"} and 'x'` })))
  tryit('bytes value tail', () => redact(JSON.stringify({ a: `call failed: "auth_token": "SECRET"` })))
  tryit('adminPass', () => redact('{"adminPass":"S","admin_password":"S","injected_files":[["/etc/x","S"]],"user_data":"S","_context_auth_token":"S"}'))
  tryit('proto', () => redact('{"__proto__":{"a":1},"password":"x","b":1.0,"c":12345678901234567890}'))
  tryit('parse proto', () => Object.keys(parseJson('{"__proto__":{"a":1},"c":12345678901234567890}') as object))
  tryit('isLossless', () => redact('{"password":"x","a":{"isLosslessNumber":true,"auth_token":"S"}}'))
  tryit('envelope object bigint', () => normalize({ service: 'nova', routingKey: 'r', body: '{"oslo.version":"2.0","oslo.message":{"event_type":"e","publisher_id":"p","timestamp":"2026-11-23 20:00:00","payload":{"n":9007199254740993}}}' }, ctx))
  tryit('envelope object digits', () => normalize({ service: 'nova', routingKey: 'r', body: '{"oslo.version":"2.0","oslo.message":{"event_type":"e","publisher_id":"p","timestamp":"2026-11-23 20:00:00","payload":{"n":1.0}}}' }, ctx))
  tryit('redos password', () => redact(JSON.stringify({ a: 'password'.repeat(12_500) })).length)
  tryit('redos password 2', () => redact(JSON.stringify({ a: 'password'.repeat(25_000) })).length)
  tryit('redos password 50k', () => redact(JSON.stringify({ a: 'password'.repeat(50_000) })).length)
  tryit('digits 1MB', () => normalize({ service: 'nova', routingKey: 'r', body: `{"event_type":"e","publisher_id":"p","timestamp":"2026-11-23 20:00:00","payload":{"n":${'9'.repeat(1_000_000)}}}` }, ctx).kind)
  tryit('year 9999', () => [parseInstant('9999-12-31 23:59:59.999999'), formatInstant(parseInstant('9999-12-31 23:59:59.999999') ?? 0)])
  tryit('year 9999b', () => [formatInstant(parseInstant('9999-12-31 23:59:59') ?? 0), formatInstant(parseInstant('9999-12-31T23:00:00.5') ?? 0)])
  tryit('year 1', () => [formatInstant(parseInstant('0001-01-01 00:00:00') ?? 0), formatInstant(parseInstant('0001-01-01 00:00:00+05:00') ?? 0), formatInstant(parseInstant('0099-02-28 00:00:00') ?? 0)])
  tryit('offset', () => ['2026-01-01 00:00:00+99:99', '2026-01-01 00:00:00 +01', '2026-01-01 00:00:00+0530', '2026-01-01 00:00:00-', '2026-01-01T00:00:00z', '2026-01-01'].map(parseInstant))
  tryit('unix', () => ['-0', '1.', '.5', '1e5', '99999999999.999999', '1795159973.1023489', ' 5 ', ''].map(parseUnixTime))
  tryit('unix fmt', () => formatInstant(parseUnixTime('99999999999.999999') ?? 0))
  tryit('prototype names', () => [normalize(n({ event_type: 'constructor', payload: { 'nova_object.name': 'X', 'nova_object.data': {} } }), ctx), ])
  tryit('toString err', () => normalize(n({ event_type: 'toString', payload: { 'nova_object.name': 'X', 'nova_object.data': {} } }), ctx))
  tryit('lone surrogate', () => normalize(n({ event_type: 'a\ud800' }), ctx))
  tryit('NUL', () => normalize(n({ event_type: 'a\0b', payload: { state: '\0' } }), ctx))
  tryit('state number', () => normalize(n({ payload: { state: 5, instance_id: 7, old_state: null } }), ctx))
  tryit('deep string', () => redact(JSON.stringify({ a: '['.repeat(400_000) + '"password":"x"' })).length)
  tryit('dup keys', () => [redact('{"password":"a","password":""}'), redact('{"x":{"password":"S"},"x":1}'), parseJson('{"a":1,"a":12345678901234567890}')])
  tryit('number spellings', () => redact('{"password":"S","a":1.0,"b":1e5,"c":-0,"d":12345678901234567890,"e":0.1000,"f":1E400}'))
  tryit('strings', () => redact('{"password":"S","a":"\\u00e9\\/\\u0000\\ud83d\\ude00\\u2028"}'))
  tryit('empty', () => redact('{"password":"","auth_token":null,"service_catalog":[],"user_data":{},"x": 1}'))
  tryit('empty with space', () => redact('{"password" : [ ] , "x":"\\"password\\": \\"\\""}'))
  tryit('rewrite top string', () => rewriteJson('"x"', () => 1))
  console.error(log.join('\n'))
})
