import { expect, test } from '@jest/globals'
import { readLine, valueText } from './line.ts'

const members = '"deployment":"east","exchange":"nova","routing_key":"notifications.info"'

test('a body keeps the digits, order and spaces of the line', () => {
  const body = '{"b": 12345678901234567890, "a": [1.0, {"x": "}\\",{"}], "2": null}'
  for (const line of [`{${members},"body":${body}}`, `{"body" : ${body} ,${members}}`]) {
    expect(readLine(line)).toEqual({
      deployment: 'east',
      exchange: 'nova',
      routingKey: 'notifications.info',
      body: Buffer.from(body),
    })
  }
})

test('a body that is a string is the message itself', () => {
  expect(readLine(`{${members},"body":"nova is \\"well\\""}`)).toMatchObject({ body: Buffer.from('nova is "well"') })
})

test.each([
  ['', 'not valid JSON'],
  ['nova', 'not valid JSON'],
  ['[1]', 'deployment is missing'],
  ['null', 'deployment is missing'],
  ['{"deployment":"","exchange":"nova","routing_key":"k","body":1}', 'deployment is missing'],
  ['{"deployment":"east","routing_key":"k","body":1}', 'exchange is missing'],
  ['{"deployment":"east","exchange":"nova","body":1}', 'routing_key is missing'],
  [`{${members}}`, 'body is missing'],
])('%j: %s', (line, reason) => {
  expect(readLine(line)).toBe(reason)
})

test('the last of several members with one name counts, as in JSON.parse', () => {
  expect(valueText('{"body":1,"c":{"body":3},"body": 2}', 'body')).toBe('2')
  expect(valueText('{"bo\\u0064y":[{}]}', 'body')).toBe('[{}]')
})
