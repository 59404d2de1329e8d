import { expect, test } from '@jest/globals'
import { answerFields, operationsOf, parameterType, parseApiDocument } from './document.ts'

const text = JSON.stringify({
  openapi: '3.1.1',
  info: { title: 'T', version: '1' },
  tags: [{ name: 'v1' }],
  paths: {
    '/v1/things/{id}': {
      get: {
        operationId: 'things',
        tags: ['v1'],
        summary: 'A thing',
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }],
        responses: {
          200: {
            description: 'ok',
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } },
          },
        },
      },
    },
    '/other': { get: { operationId: 'other', tags: ['x'], responses: {} } },
  },
  components: {
    schemas: {
      Time: { type: 'string', description: 'a time' },
      Thing: {
        type: 'object',
        properties: {
          when: { $ref: '#/components/schemas/Time' },
          parts: { type: 'array', items: { $ref: '#/components/schemas/Thing' } },
          end: { anyOf: [{ $ref: '#/components/schemas/Time' }, { type: 'null' }] },
          kind: { enum: ['a', 'b'] },
        },
      },
    },
  },
})

test('the operations and fields of a document, also of a schema that contains itself', () => {
  const document = parseApiDocument(text)
  const [operation, ...others] = operationsOf(document, 'v1')
  expect(others).toEqual([])
  expect(operation).toMatchObject({ path: '/v1/things/{id}', summary: 'A thing' })
  const schema = operation?.responses['200']?.content['application/json']?.schema ?? {}
  const fields = answerFields(document, schema)
  expect(fields.slice(0, 3)).toEqual([
    { depth: 0, name: 'when', type: 'Time (string)', description: 'a time' },
    { depth: 0, name: 'parts', type: 'list of Thing', description: undefined },
    { depth: 1, name: 'when', type: 'Time (string)', description: 'a time' },
  ])
  expect(fields.filter(({ depth }) => depth === 0).map(({ name, type }) => [name, type])).toEqual([
    ['when', 'Time (string)'],
    ['parts', 'list of Thing'],
    ['end', 'Time (string) | null'],
    ['kind', 'a | b'],
  ])
  expect(Math.max(...fields.map(({ depth }) => depth))).toBe(4)
})

test('the type of a parameter', () => {
  expect(parameterType({ type: 'integer' })).toBe('integer')
  expect(parameterType({ type: 'string', format: 'date-time' })).toBe('string (date-time)')
  expect(parameterType({ enum: ['nova', 'glance'] })).toBe('nova | glance')
  expect(parameterType({})).toBe('string')
})
