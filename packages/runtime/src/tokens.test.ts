import { expect, test } from '@jest/globals'
import { findToken, newToken, parseTokens } from './tokens.ts'

test('a new token is found by its line, and by no other', () => {
  const [first, second] = [newToken([]), newToken([])]
  const { tokens, faults } = parseTokens(`# operators\n${first.line}\n\n  ${second.line}  # of 2026\r\n`)
  expect(faults).toEqual([])
  expect(tokens).toHaveLength(2)
  expect(findToken(tokens, first.token)).toBe(tokens[0])
  expect(findToken(tokens, second.token)).toBe(tokens[1])
  for (const wrong of ['', 'x', first.token.slice(1), `${first.token}a`, first.line, first.line.slice(7)]) {
    expect(findToken(tokens, wrong)).toBeNull()
  }
  expect(first.token).toMatch(/^stacktach_[\w-]{43}$/)
  expect(first.line).not.toContain(first.token)
})

test('a token may be limited to tenants, whatever they are called', () => {
  const tenants = ['5000', 'a b', 'c#d', 'e%f', 'g,h', 'ü']
  const { line } = newToken(tenants)
  expect(parseTokens(line).tokens[0]?.tenants).toEqual(new Set(tenants))
  expect(parseTokens(newToken([]).line).tokens[0]?.tenants).toBeNull()
})

test('a line that is wrong is told of by its number, without what it holds', () => {
  const { line, token } = newToken([])
  const bad = [
    token,
    line.slice(1),
    line.toUpperCase(),
    `${line}0`,
    `${line} tenant=`,
    `${line} tenant=%zz`,
    `${line} x=1`,
  ]
  const { tokens, faults } = parseTokens([line, ...bad].join('\n'))
  expect(tokens).toHaveLength(1)
  expect(faults.map((fault) => fault.slice(0, 7))).toEqual(bad.map((_, index) => `line ${index + 2} `))
  expect(faults.join()).not.toContain(token)
})
