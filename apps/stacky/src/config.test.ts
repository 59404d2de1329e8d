import { writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { ClientConfigError, clientConfig } from './config.ts'

const base = (STACKTACH_URL: string) => clientConfig({ STACKTACH_URL }).base.href

test.each([
  ['', 'http://127.0.0.1:8000/stacky/'],
  ['http://stacktach', 'http://stacktach/stacky/'],
  ['http://stacktach:8000/', 'http://stacktach:8000/stacky/'],
  ['http://stacktach/stacky', 'http://stacktach/stacky/'],
  ['https://stacktach/stacky/', 'https://stacktach/stacky/'],
  ['https://cloud.example.org/tools/stacktach//', 'https://cloud.example.org/tools/stacktach/stacky/'],
  ['http://[::1]:8000', 'http://[::1]:8000/stacky/'],
])('STACKTACH_URL=%s sends requests to %s', (url, expected) => {
  expect(base(url)).toBe(expected)
})

test.each(['localhost:8000', '10.0.0.5', 'ftp://stacktach', 'http://'])('STACKTACH_URL=%s is rejected', (url) => {
  expect(() => base(url)).toThrow(
    new ClientConfigError('STACKTACH_URL must be a URL beginning with http:// or https:// (current value hidden)'),
  )
})

describe('authentication', () => {
  let folder: string
  const file = (name: string, content: string) => {
    writeFileSync(join(folder, name), content)
    return join(folder, name)
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stacky-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  test('is off by default', () => {
    expect(clientConfig({ STACKTACH_TOKEN: '', STACKTACH_TOKEN_FILE: '' })).not.toHaveProperty('authorization')
  })

  test('uses the token of the environment or of a file', () => {
    expect(clientConfig({ STACKTACH_TOKEN: 'abc' }).authorization).toBe('Bearer abc')
    const STACKTACH_TOKEN_FILE = file('token', 'def\n')
    expect(clientConfig({ STACKTACH_TOKEN_FILE }).authorization).toBe('Bearer def')
    expect(clientConfig({ STACKTACH_TOKEN: 'abc', STACKTACH_TOKEN_FILE }).authorization).toBe('Bearer abc')
  })

  test('uses the user and password of the URL, which errors do not show', () => {
    const { base, authorization } = clientConfig({ STACKTACH_URL: 'http://ann:s%3Acret@stacktach' })
    expect(base.href).toBe('http://stacktach/stacky/')
    expect(authorization).toBe(`Basic ${Buffer.from('ann:s:cret').toString('base64')}`)
  })

  test('names a missing or invalid file and hides the token', () => {
    expect(() => clientConfig({ STACKTACH_TOKEN_FILE: '/nowhere' })).toThrow(
      /^could not read the file \/nowhere of STACKTACH_TOKEN_FILE \(Error: ENOENT/,
    )
    const STACKTACH_TOKEN_FILE = file('two', 'secret\nlines')
    expect(() => clientConfig({ STACKTACH_TOKEN_FILE })).toThrow(
      `the file ${STACKTACH_TOKEN_FILE} of STACKTACH_TOKEN_FILE must contain one line of printable ASCII without spaces: the token`,
    )
    expect(() => clientConfig({ STACKTACH_TOKEN: 'sécret' })).toThrow(
      'STACKTACH_TOKEN must contain one line of printable ASCII without spaces: the token',
    )
  })
})
