import { expect, test } from '@jest/globals'
import { findToken, newToken, parseTokens } from './tokens.ts'

test('a new token matches its own line only', () => {
  const [first, second] = [newToken([]), newToken([])]
  const { tokens, faults } = parseTokens(`# operators\n${first.line}\n\n  ${second.line}  # made in 2026\r\n`)
  expect(faults).toEqual([])
  expect(tokens).toHaveLength(2)
  expect(findToken(tokens, first.token)).toBe(tokens[0])
  expect(findToken(tokens, second.token)).toBe(tokens[1])
  for (const invalid of ['', 'x', first.token.slice(1), `${first.token}a`, first.line, first.line.slice(7)]) {
    expect(findToken(tokens, invalid)).toBeNull()
  }
  expect(first.token).toMatch(/^stacktach_[\w-]{43}$/)
  expect(first.line).not.toContain(first.token)
})

test('a token can be limited to tenants with any name', () => {
  const tenants = ['5000', 'a b', 'c#d', 'e%f', 'g,h', 'ü']
  const { line } = newToken(tenants)
  expect(parseTokens(line).tokens[0]?.tenants).toEqual(new Set(tenants))
  expect(parseTokens(newToken([]).line).tokens[0]?.tenants).toBeNull()
})

test('a token can have a scope; without one it only reads', () => {
  expect(parseTokens(newToken([], ['confirm']).line).tokens[0]).toMatchObject({
    tenants: null,
    scopes: new Set(['confirm']),
  })
  expect(parseTokens(newToken([]).line).tokens[0]?.scopes).toEqual(new Set())
  // The name of a tenant is not a scope.
  expect(parseTokens(newToken(['scope=confirm']).line).tokens[0]?.scopes).toEqual(new Set())
})

test('an invalid line is reported by its number, without its content', () => {
  const { line, token } = newToken([])
  const invalid = [
    token,
    line.slice(1),
    line.toUpperCase(),
    `${line}0`,
    `${line} tenant=`,
    `${line} tenant=%zz`,
    `${line} x=1`,
    `${line} scope=`,
    `${line} scope=all`,
    `${line} scope=confirm scope=x`,
    `${line} scope=confirm tenant=5000`,
  ]
  const { tokens, faults } = parseTokens([line, ...invalid].join('\n'))
  expect(tokens).toHaveLength(1)
  expect(faults.map((fault) => /^line \d+ /.exec(fault)?.[0])).toEqual(invalid.map((_, index) => `line ${index + 2} `))
  expect(faults.join()).not.toContain(token)
})
