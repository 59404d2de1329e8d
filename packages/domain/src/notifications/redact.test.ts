import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { classic, enveloped, novaRow, object, versioned } from '../testkit/message.ts'
import { REDACTED, redact } from './redact.ts'

const secret = 's3cr3t'
const r = JSON.stringify(REDACTED)

test.each([
  '_context_auth_token',
  'auth_token',
  'admin_pass',
  'adminPass',
  'admin_password',
  'rabbit_password',
  'password',
  'Password',
  'service_catalog',
  '_context_service_catalog',
  'user_data',
  'injected_files',
  // Other spellings.
  'X-Auth-Token',
  'authToken',
  'userData',
  'admin-pass',
])('%s is a secret with any value', (name) => {
  for (const value of [secret, 5, 0, true, false, [secret], { a: secret }, ' ']) {
    expect(redact(JSON.stringify({ [name]: value, kept: 1 }))).toBe(`{"${name}":${r},"kept":1}`)
  }
})

test.each(['auth', 'user', 'data', 'catalog', 'key_name', 'message'])('%s is not a secret', (name) => {
  expect(redact(JSON.stringify({ [name]: secret }))).toBe(JSON.stringify({ [name]: secret }))
})

test('an empty secret stays, because its absence is information', () => {
  const empty = '{ "auth_token" : null, "password":"", "service_catalog":[ ], "user_data": {}, "injected_files":[] }'
  expect(redact(empty)).toBe(empty)
  expect(redact(`{"auth_token":null,"service_catalog":[],"password":"${secret}"}`)).toBe(
    `{"auth_token":null,"service_catalog":[],"password":${r}}`,
  )
})

describe('a secret is removed', () => {
  test('at every depth', () => {
    const nested = (depth: number, inner: object): object => (depth === 0 ? inner : { a: [nested(depth - 1, inner)] })
    for (const depth of [0, 1, 5, 40]) {
      const text = redact(JSON.stringify(nested(depth, { auth_token: secret, kept: 'yes' })))
      expect(JSON.parse(text)).toEqual(nested(depth, { auth_token: REDACTED, kept: 'yes' }))
    }
  })

  test('in a string that contains JSON, whose other values stay', () => {
    const inner = (token: string) => JSON.stringify({ list: [{ auth_token: token, n: 1.5 }], kept: 'yes' })
    expect(JSON.parse(redact(JSON.stringify({ args: inner(secret) })))).toEqual({ args: inner(REDACTED) })
  })

  test('in a string that contains JSON with a string of JSON', () => {
    const twice = (token: string) => JSON.stringify({ b: JSON.stringify({ password: token }) })
    expect(JSON.parse(redact(JSON.stringify({ a: twice(secret) })))).toEqual({ a: twice(REDACTED) })
  })

  test('in a string that contains a piece of JSON', () => {
    expect(redact(JSON.stringify({ message: `call failed: {"password": "${secret}"} twice`, kept: 1 }))).toBe(
      JSON.stringify({ message: `call failed: {"password": '<redacted>'} twice`, kept: 1 }),
    )
  })

  test('in Python notation, which nova uses for exceptions', () => {
    const exception = `{'kwargs': {'admin_pass': '${secret}', 'code': 404, 'password': u"${secret}"}}`
    expect(redact(JSON.stringify({ exception }))).toBe(
      JSON.stringify({ exception: `{'kwargs': {'admin_pass': '<redacted>', 'code': 404, 'password': '<redacted>'}}` }),
    )
    const catalog = `{'service_catalog': [{'endpoints': ['${secret}']}], 'kept': 1}`
    expect(redact(JSON.stringify({ exception: catalog }))).not.toContain(secret)
    const empty = JSON.stringify({ exception: `{'admin_pass': None, 'password': '', 'service_catalog': []}` })
    expect(redact(empty)).toBe(empty)
  })

  test('in JSON that is an item of a list, and in JSON at the third level', () => {
    const inner = JSON.stringify({ auth_token: secret })
    expect(redact(JSON.stringify({ args: [inner] }))).toBe(
      JSON.stringify({ args: [JSON.stringify({ auth_token: '<redacted>' })] }),
    )
    expect(redact(JSON.stringify({ a: JSON.stringify(JSON.stringify({ password: secret })) }))).not.toContain(secret)
  })

  test('under a name written with escapes, and beside an object that looks like a number', () => {
    expect(redact(`{"p\\u0061ssword":"${secret}"}`)).not.toContain(secret)
    expect(redact(`{"password":"x","a":{"isLosslessNumber":true,"auth_token":"${secret}"}}`)).not.toContain(secret)
  })

  test('in JSON in JSON at any depth, also under a name written with escapes', () => {
    const nested = (depth: number, value: object): object =>
      depth === 0 ? value : { a: JSON.stringify(nested(depth - 1, value)) }
    for (const depth of [1, 3, 5, 7]) {
      expect(redact(JSON.stringify(nested(depth, { auth_token: secret })))).not.toContain(secret)
    }
    expect(redact(JSON.stringify({ a: `{"auth\\u005ftoken":"${secret}"}` }))).not.toContain(secret)
  })

  test('under a long name, and after long white space', () => {
    expect(redact(JSON.stringify({ [`password${'_of'.repeat(40)}`]: secret }))).not.toContain(secret)
    expect(redact(`{"password"${' '.repeat(40)}:${' '.repeat(40)}"${secret}"}`)).not.toContain(secret)
  })

  test.each([
    [`reply: {\\"adminPass\\": \\"${secret}\\"} of 1`, `reply: {\\"adminPass\\": '<redacted>'} of 1`],
    [`reply: {\\"adminPass\\": \\"a\\\\\\"${secret}\\"} of 1`, `reply: {\\"adminPass\\": '<redacted>'} of 1`],
    [`{'user_data': b'${secret}', 'n': 1}`, `{'user_data': '<redacted>', 'n': 1}`],
    [`{'password': 12345, 'n': 1}`, `{'password': '<redacted>', 'n': 1}`],
    [`{'password': '${secret}`, `{'password': '<redacted>'`],
    [`Server(name='a', admin_password='${secret}', n=1)`, `Server(name='a', admin_password='<redacted>', n=1)`],
    [`GET /?password=${secret}&n=1 failed`, `GET /?password='<redacted>'&n=1 failed`],
    [
      `{'a': {'password': '', 'auth_token': None}, 'password': '${secret}'}`,
      `{'a': {'password': '', 'auth_token': None}, 'password': '<redacted>'}`,
    ],
  ])('in the text %s', (text, clean) => {
    expect(redact(JSON.stringify({ message: text, kept: 1 }))).toBe(JSON.stringify({ message: clean, kept: 1 }))
  })

  test('in linear time: quadratic, these texts would exceed the timeout of a test', () => {
    const text = JSON.stringify({ a: 'password'.repeat(100_000), b: `password${'\\'.repeat(100_000)}` })
    expect(redact(text)).toBe(text)
    for (const piece of ['"password', `{'password': '`, 'password=', `\\"password\\": \\"`, '[{"password":[']) {
      expect(redact(JSON.stringify({ a: piece.repeat(40_000) })).length).toBeLessThan(piece.length * 80_000)
    }
  })

  test('beside an empty one of the same name', () => {
    expect(redact(`{"a":{"password":""},"b":{"password":"${secret}"}}`)).toBe(
      `{"a":{"password":""},"b":{"password":${r}}}`,
    )
  })
})

describe('in each format', () => {
  const context = { _context: { auth_token: secret, service_catalog: [{ name: secret }], user: 'user' } }
  const payload = { request_spec: { pci_requests: context }, instance_id: 'server' }
  const cleaned = {
    request_spec: { pci_requests: { _context: { auth_token: REDACTED, service_catalog: REDACTED, user: 'user' } } },
    instance_id: 'server',
  }
  const fields = { _context_auth_token: secret, _context_user_id: 'user' }

  test.each([
    ['classic', classic({ ...fields, payload })],
    ['enveloped', enveloped(classic({ ...fields, payload }))],
    ['enveloped as an object', { 'oslo.version': '2.0', 'oslo.message': classic({ ...fields, payload }) }],
  ])('%s', (_, body) => {
    const row = novaRow(body)
    const notification = classic({ ...fields, _context_auth_token: REDACTED, payload: cleaned })
    expect(JSON.parse(row.json)).toEqual(['notifications.info', notification])
    expect(row.instance).toBe('server')
  })

  test('versioned', () => {
    const lock = (token: string) =>
      versioned('instance.lock', { uuid: 'server', spec: object('Spec', { admin_pass: token }) })
    expect(JSON.parse(novaRow(enveloped(lock(secret))).json)).toEqual(['notifications.info', lock(REDACTED)])
  })
})

describe('values that are not secrets keep every character', () => {
  test('without secrets, the text is the same', () => {
    const text = '{ "b": 1.0,\n "a": "\\u00e9\\/" , "user_data": null}'
    expect(redact(text)).toBe(text)
    const spoken = '{ "task": "updating_password", "n": 1.0, "message": "no password, no auth_token" }'
    expect(redact(spoken)).toBe(spoken)
  })

  test('beside a secret, numbers keep their digits', () => {
    const numbers = '"a":1.0,"b":1e5,"c":-0,"d":12345678901234567890,"e":0.1000,"f":1E400,"g":[9007199254740993]'
    expect(redact(`{"password":"${secret}",${numbers}}`)).toBe(`{"password":${r},${numbers}}`)
  })

  test('for a random rest of the notification', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (rest) => {
        // Short names of secrets occur by chance.
        fc.pre(!/psk|pwd|pass|sig/i.test(JSON.stringify(rest)))
        const expected = JSON.stringify({ first: rest, auth_token: REDACTED, last: [rest] })
        const input = JSON.stringify({ first: rest, auth_token: secret, last: [rest] })
        expect(JSON.parse(redact(input))).toEqual(JSON.parse(expected))
      }),
    )
  })
})
