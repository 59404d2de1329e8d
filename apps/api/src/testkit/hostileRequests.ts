import fc from 'fast-check'
import type { Endpoint } from '../http/defineEndpoint.ts'
import { image, resize, web } from './fixture.ts'

const statements = [
  `' or '1'='1`,
  `1; drop table deployment; --`,
  `'; delete from report; --`,
  `$1`,
  `\\'; select pg_sleep(30); --`,
  `") union select * from rejected_message --`,
  `' || (insert into deployment (name) values ('x')) || '`,
  `%' and 1=1 /*`,
  `$$; truncate timing; $$`,
]

const unusual = [
  '\0',
  'a\0b',
  'null',
  'undefined',
  'NaN',
  'Infinity',
  '-Infinity',
  '-0',
  '1e309',
  '9'.repeat(400),
  `-${'9'.repeat(40)}`,
  '0.'.padEnd(300, '1'),
  '9223372036854775807',
  '9223372036854775808',
  '253402300800',
  '-62135596801',
  '9999-12-31',
  '0000-00-00',
  '2026-02-30 00:00:00',
  '../../../../etc/passwd',
  '<script>alert(1)</script>',
  '{"$gt":""}',
  '[]',
  '__proto__',
  'constructor',
  'toString',
  '\ufeff',
  '\u202e',
  '\r\nSet-Cookie: a=b',
  '%s%n',
  '💥'.repeat(50),
]

/** Values that are valid for some parameter, so that the query reaches the database with an invalid one beside them. */
const validTexts = ['nova', 'glance', 'generic', 'all', '0', '1', '5', '1795132800', '1795132800.123456', '2026-11-20']
const valid = [...validTexts, web, image, resize, 'tenant', 'state', 'when__gt', 'event__contains', 'deployment__name']

/** A value as encoded in a URL, possibly with invalid encoding. */
const encoded: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...statements, ...unusual, ...valid).map(encodeURIComponent),
  fc.fullUnicodeString({ maxLength: 40 }).map(encodeURIComponent),
  fc.nat(12_000).map((length) => 'a'.repeat(length)),
  fc.constantFrom('', '%', '%zz', '%E9', '%C0%80', '%ED%A0%80', '%u0041', '%00', '%2', '+', '%2B1', ';', '%26'),
)

/** Syntaxes of a parameter, some of which servers parse as an array or an object. */
const shapes: readonly ((name: string, value: string, other: string) => string)[] = [
  (name, value) => `${name}=${value}`,
  (name, value, other) => `${name}=${value}&${name}=${other}`,
  (name, value, other) => `${name}[]=${value}&${name}[]=${other}`,
  (name, value, other) => `${name}[0]=${value}&${name}[7]=${other}`,
  (name, value) => `${name}[a]=${value}`,
  (name, value) => `${name}[a][b][c]=${value}`,
  (name, value) => `${name}[__proto__]=${value}`,
  (name, value) => `__proto__[${name}]=${value}`,
  (name, value) => `${name}.a=${value}`,
  (name) => name,
  (name) => `${name}=`,
  (name, value) => `${name}%00=${value}`,
  (name, value) => `${name.toUpperCase()}=${value}`,
  (name, value) => `${name}==${value}=`,
  (name, value) => `&&${name}=${value}&`,
]

/** The required parameters of endpoints, by path. */
const required: Record<string, string> = {
  uuid: `uuid=${web}`,
  timings: 'name=compute.instance.resize',
  'timings/uuid': `uuid=${web}`,
  request: `request_id=${resize}`,
  search: 'field=tenant&value=5000',
}

/** The path of an endpoint, with a value for its path parameter. */
function pathTo({ path }: Pick<Endpoint, 'path'>, value: string, prefix = '/stacky/'): string {
  return `${prefix}${path.replaceAll(/:\w+/g, value)}`
}

/** All parameters of all endpoints, with all syntaxes and all unusual values; nothing is random. */
export function* everyParameter(
  endpoints: readonly Pick<Endpoint, 'path' | 'parameters'>[],
  prefix = '/stacky/',
): Generator<string> {
  const values = [...statements, ...unusual].map(encodeURIComponent)
  for (const endpoint of endpoints) {
    const base = required[endpoint.path] ?? ''
    for (const value of values) yield `${pathTo(endpoint, value, prefix)}?${base}`
    for (const name of Object.keys(endpoint.parameters.shape)) {
      const rest = base.split('&').filter((parameter) => !parameter.startsWith(`${name}=`))
      for (const value of values) yield `${pathTo(endpoint, '1', prefix)}?${[...rest, `${name}=${value}`].join('&')}`
      for (const shape of shapes) yield `${pathTo(endpoint, '1', prefix)}?${[...rest, shape(name, '1', '1')].join('&')}`
    }
  }
}

/** Random requests to an endpoint, with up to four additional parameters. */
export function toEndpoints(endpoints: readonly Endpoint[]): fc.Arbitrary<string> {
  return fc.constantFrom(...endpoints).chain((endpoint) => {
    const name = fc.constantFrom(...Object.keys(endpoint.parameters.shape), 'limit', 'offset', 'tenant', 'x')
    const parameter = fc
      .tuple(fc.constantFrom(...shapes), name, encoded, encoded)
      .map(([shape, ...parts]) => shape(...parts))
    return fc
      .tuple(
        fc.oneof(fc.constantFrom('0', '1', '2', '5000'), encoded),
        fc.array(parameter, { maxLength: 4 }),
        fc.boolean(),
      )
      .map(([value, parts, whole]) => {
        const base = required[endpoint.path]
        const query = [...(whole && base !== undefined ? [base] : []), ...parts].join('&')
        return `${pathTo(endpoint, value)}?${query}`.slice(0, 15_000)
      })
  })
}

/** Random paths, most of them without an endpoint. */
export const toPaths: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom('/', '/stacky', '/stacky/', '//', '/stacky/kpi/', '/stacky/show/', '/Stacky/', '/healthz/', '/../'),
    fc.array(fc.oneof(encoded, fc.constantFrom('..', '.', '%2e%2e', '%2F', '', '*', ':id', '(.*)')), { maxLength: 5 }),
  )
  .map(([root, segments]) => `${root}${segments.join('/')}`.slice(0, 15_000))

/** Random bytes, and requests with valid and invalid parts. */
export const rawRequests: fc.Arbitrary<Buffer> = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc
    .tuple(
      fc.constantFrom('GET', 'HEAD', 'get', 'POST', 'CONNECT', 'TRACE', 'OPTIONS', 'G\0T', '', 'PRI', '\x16\x03\x01'),
      fc.oneof(
        fc.constantFrom('/stacky/events', '*', 'http://a/stacky/events', 'a:80', '/ x', '/\0', '/é', '', '/\t'),
        fc.fullUnicodeString({ maxLength: 20 }).map((text) => `/stacky/${text}`),
      ),
      fc.constantFrom('HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/9.9', 'http/1.1', ''),
      fc.array(
        fc.constantFrom(
          'Host: a',
          'Host: a\r\nHost: b',
          'Content-Length: 5',
          'Content-Length: -1',
          'Content-Length: 5\r\nTransfer-Encoding: chunked',
          'Transfer-Encoding: chunked',
          'Expect: 100-continue',
          'Expect: nothing',
          'Upgrade: websocket\r\nConnection: Upgrade',
          'Authorization: Bearer \0',
          ': empty',
          'no colon',
          ' folded: x',
          'X: \x00\x01',
          `X: ${'y'.repeat(20_000)}`,
        ),
        { maxLength: 4 },
      ),
      fc.constantFrom('\r\n', '\n', '\r'),
    )
    .map(([method, path, version, headers, end]) =>
      Buffer.from([`${method} ${path} ${version}`, 'Connection: close', ...headers, '', ''].join(end)),
    ),
)
