import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { randomCases } from '../testkit/randomCases.ts'
import { REDACTED, redact } from './redact.ts'

type Words = readonly string[]

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)

const spellings: Record<string, (words: Words) => string> = {
  snake: (words) => words.join('_'),
  kebab: (words) => words.join('-'),
  screaming: (words) => words.join('_').toUpperCase(),
  camel: (words) => words.map((word, index) => (index === 0 ? word : capital(word))).join(''),
  pascal: (words) => words.map(capital).join(''),
  header: (words) => words.map(capital).join('-'),
  dots: (words) => words.join('.'),
  spaces: (words) => words.join(' '),
}

const kind = fc.constantFrom<Words>(
  ...['password', 'passphrase', 'pass', 'passwd', 'pwd', 'secret', 'token', 'psk', 'keyring', 'credential'].map(
    (word) => [word],
  ),
  ...['credentials', 'creds', 'cookie', 'signature', 'sig'].map((word) => [word]),
  ...['pre_shared_key', 'private_key', 'api_key', 'access_key', 'encryption_key', 'secret_key'].map((words) =>
    words.split('_'),
  ),
  ...['session_id', 'key_ring', 'service_catalog', 'user_data', 'injected_files', 'auth_token'].map((words) =>
    words.split('_'),
  ),
)

const affix = (words: Words) => fc.array(fc.constantFrom(...words), { maxLength: 2 })
const prefix = affix(['tenant', 'x', 'os', 'chap', 'admin', 'my', 'new', 'server', 'ipsec', 'discovery'])
const suffix = affix(['value', 'old', '2', 'b64', 'data', 'of', 'primary'])
const spelling = fc.constantFrom(...Object.values(spellings))

const secretName = fc
  .tuple(prefix, kind, suffix, spelling)
  .map(([before, words, after, spell]) => spell([...before, ...words, ...after]))

const harmlessEnding = fc.constantFrom('type', 'uuid', 'ref', 'name', 'status', 'length', 'algorithm', 'fingerprint')
const harmlessName = fc.oneof(
  fc.constantFrom('auth_method', 'auth_username', 'key_name', 'public_key', 'keypair', 'password_expires_at', 'host'),
  fc
    .tuple(prefix, kind, harmlessEnding, spelling)
    .map(([before, words, ending, spell]) => spell([...before, ...words, ending])),
)

/** Values that are not empty. Their texts are long enough not to occur elsewhere by chance. */
const secretText = fc.string({ minLength: 1, maxLength: 12 }).map((text) => `${text}-s3cr3t-${text}`)
const secretValue = fc.oneof(
  secretText,
  secretText.map((text) => [text]),
  secretText.map((text) => ({ a: [text, '}'], b: 1 })),
)

/** One level around a member: an object, a list, or a string with the JSON of the member. */
const level = fc.constantFrom<(inner: object) => object>(
  (inner) => ({ a: inner, n: 1.5 }),
  (inner) => ({ list: ['é', inner] }),
  (inner) => ({ json: JSON.stringify(inner), after: 'ü' }),
  (inner) => ({ 'nova_object.data': { args: [JSON.stringify(inner, null, 1), null] } }),
)

const wrap = (levels: readonly ((inner: object) => object)[], inner: object) =>
  JSON.stringify(levels.reduce((value, around) => around(value), inner))

const levels = fc.array(level, { maxLength: 5 })

test('the value of every invented name disappears from JSON at every depth, and nothing else changes', () => {
  fc.assert(
    fc.property(secretName, secretValue, harmlessName, levels, (name, value, harmless, around) => {
      fc.pre(name !== harmless)
      const inner = (content: unknown) => ({ [harmless]: 'kept-1', [name]: content, uuid: 'kept-2' })
      expect(redact(wrap(around, inner(value)))).toBe(wrap(around, inner(REDACTED)))
    }),
    { numRuns: randomCases(300) },
  )
})

test('the same in Python notation and assignments inside strings', () => {
  const notation = fc.constantFrom<(name: string, value: string) => string>(
    (name, value) => `failed: {'kwargs': {'${name}': ${value}, 'code': 404}, u'host': None}`,
    (name, value) => `failed: {"${name}": ${value}, "code": 404} twice`,
    (name, value) => `Server(name='a', ${name.replaceAll(' ', '_')}=${value}, n=1)`,
    (name, value) => `${name.replaceAll(' ', '-')} = ${value} \nhost = a`,
  )
  const plain = fc.stringMatching(/^[A-Za-z0-9+/=.:<>{}[\](), -]{1,20}$/)
  const value = plain.chain((text) =>
    fc.constantFrom(
      `'s3cr3t${text}'`,
      `"s3cr3t${text}"`,
      `u's3cr3t${text}'`,
      `['s3cr3t${text}', 1]`,
      `{'a': 's3cr3t${text}'}`,
    ),
  )
  fc.assert(
    fc.property(secretName, value, notation, levels, (name, content, write, around) => {
      const inner = (written: string) => ({ message: write(name, written), uuid: 'kept' })
      expect(redact(wrap(around, inner(content)))).toBe(wrap(around, inner(`'${REDACTED}'`)))
    }),
    { numRuns: randomCases(300) },
  )
})

test('harmless names keep their values in every notation', () => {
  fc.assert(
    fc.property(harmlessName, levels, (name, around) => {
      const text = wrap(around, { [name]: 'kept', message: `{'${name}': 'kept'}, ${name.replaceAll(' ', '_')}=kept` })
      expect(redact(text)).toBe(text)
    }),
    { numRuns: randomCases(300) },
  )
})

test('a VPN key of neutron and a CHAP password in JSON inside a string', () => {
  const vpn = (psk: string) =>
    JSON.stringify({ ipsec_site_connection: { name: 'vpn1', psk, ikepolicy_id: '6d4c4683', auth_mode: 'psk' } })
  expect(redact(vpn('hush'))).toBe(vpn(REDACTED))
  const bdm = (auth_password: string) => {
    const data = { auth_method: 'CHAP', auth_username: 'u1', auth_password }
    return JSON.stringify({ bdm: { connection_info: JSON.stringify({ driver_volume_type: 'iscsi', data }) } })
  }
  expect(redact(bdm('hush'))).toBe(bdm(REDACTED))
})

test('a Ceph keyring, but not the reference to its secret', () => {
  const rbd = (keyring: string) => ({ auth_enabled: true, auth_username: 'cinder', secret_type: 'ceph', keyring })
  const text = (keyring: string) => JSON.stringify({ data: { ...rbd(keyring), secret_uuid: '457eb676', hosts: ['a'] } })
  expect(redact(text('[client.cinder]\n key = hush\n'))).toBe(text(REDACTED))
})

test.each([
  [`curl -H "X-Auth-Token: hush" http://a`, `curl -H "X-Auth-Token: '<redacted>'" http://a`],
  [`'Authorization: Bearer hush'`, `'Authorization: '<redacted>''`],
  ['iscsiadm --auth-password hush -n 1', `iscsiadm --auth-password '<redacted>' -n 1`],
  ['GET /v1/a?temp_url_sig=hush&temp_url_expires=1', `GET /v1/a?temp_url_sig='<redacted>'&temp_url_expires=1`],
  [`{'token': '''hush'''}`, `{'token': '<redacted>'}`],
  ['the api key=hush, n=1', `the api key='<redacted>', n=1`],
  [`{'secrets': ['a]', "it's"], 'kept': (1, 2)}`, `{'secrets': '<redacted>', 'kept': (1, 2)}`],
])('%s', (text, clean) => {
  expect(redact(JSON.stringify({ message: text }))).toBe(JSON.stringify({ message: clean }))
})

test.each([
  'Invalid token: it has expired',
  'the password must be longer: 8 characters',
  'os_compute_api:os-server-password:show is not allowed',
  `{'password': None, 'token': '', u'psk': u'', 'secrets': [], 'creds': ()}`,
  `{'secrets': 10, 'token_type': 'fernet', 'key_name': 'a'}`,
  'password == token',
  'password =\nhost = a',
])('the text %s stays', (message) => {
  const text = JSON.stringify({ message })
  expect(redact(text)).toBe(text)
})

test('an entry with a secret name as its key', () => {
  const text = (value: string) =>
    JSON.stringify({
      metadata: [
        { key: 'db_password', value, id: 1 },
        { key: 'a', value: 'b' },
      ],
    })
  expect(redact(text('hush'))).toBe(text(REDACTED))
})

test('escapes, white space, digits and duplicate keys beside a secret in a string stay', () => {
  const inner = (value: string) =>
    `{ \\"n\\" : 1.0,\\n \\"e\\": \\"\\\\u00e9\\u00e9\\/\\", \\"n\\": 2, \\"psk\\": ${value} }`
  const text = (value: string) => `{"a" : "${inner(value)}",\n"big": 12345678901234567890, "e": "\\u00fc\\/" }`
  expect(redact(text('\\"hush\\"'))).toBe(text(`\\"${REDACTED}\\"`))
})

test('in linear time: quadratic, these texts would exceed the timeout', () => {
  const pieces = [
    `token'`,
    `api key `,
    `--token `,
    `'psk': `,
    `X-Token: `,
    `token=(`,
    `{'token': ['`,
    `\\'token\\': `,
    'sig.',
  ]
  for (const piece of pieces) {
    const text = JSON.stringify({ message: `: ${piece.repeat(200_000 / piece.length)}` })
    expect(redact(text).length).toBeLessThan(text.length * 3)
  }
}, 20_000)
