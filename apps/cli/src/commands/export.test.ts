import { expect, test } from '@jest/globals'
import { exportLine } from './export.ts'

test('an exported line has the body as it was stored, on one line', () => {
  const body = '{"a": 12345678901234567890,\r\n "b": "\\n"}'
  expect(exportLine({ deployment: 'east', service: 'nova', routingKey: 'notifications.info', when: 1, body })).toBe(
    '{"deployment":"east","exchange":"nova","routing_key":"notifications.info","body":{"a": 12345678901234567890,  "b": "\\n"}}\n',
  )
})
