import { expect, test } from '@jest/globals'
import { readLine, valueText } from './line.ts'

const where = '"deployment":"east","exchange":"nova","routing_key":"notifications.info"'

test('a body is taken as it stands in the line: digits, order and spaces', () => {
  const body = '{"b": 12345678901234567890, "a": [1.0, {"x": "}\\",{"}], "2": null}'
  for (const line of [`{${where},"body":${body}}`, `{"body" : ${body} ,${where}}`]) {
    expect(readLine(line)).toEqual({
      deployment: 'east',
      exchange: 'nova',
      routingKey: 'notifications.info',
      body: Buffer.from(body),
    })
  }
})

test('a body that is text is the message itself', () => {
  expect(readLine(`{${where},"body":"nova is \\"well\\""}`)).toMatchObject({ body: Buffer.from('nova is "well"') })
})

test.each([
  ['', 'it is not JSON'],
  ['nova', 'it is not JSON'],
  ['[1]', 'it names no deployment'],
  ['null', 'it names no deployment'],
  ['{"deployment":"","exchange":"nova","routing_key":"k","body":1}', 'it names no deployment'],
  ['{"deployment":"east","routing_key":"k","body":1}', 'it names no exchange'],
  ['{"deployment":"east","exchange":"nova","body":1}', 'it has no routing_key'],
  [`{${where}}`, 'it has no body'],
])('%j: %s', (line, wrong) => {
  expect(readLine(line)).toBe(wrong)
})

test('of a member that is there twice the last counts, as for JSON.parse', () => {
  expect(valueText('{"body":1,"c":{"body":3},"body": 2}', 'body')).toBe('2')
  expect(valueText('{"bo\\u0064y":[{}]}', 'body')).toBe('[{}]')
})
