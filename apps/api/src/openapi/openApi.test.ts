import { describe, expect, test } from '@jest/globals'
import { Validator } from '@seriousme/openapi-schema-validator'
import { z } from 'zod'
import { endpoints, health } from '../endpoints/index.ts'
import { resources } from '../v1/index.ts'
import { openApi } from './openApi.ts'

const operation = z.object({
  operationId: z.string(),
  summary: z.string().min(1),
  security: z.array(z.unknown()).optional(),
  parameters: z.array(z.object({ name: z.string(), in: z.string(), required: z.boolean(), schema: z.looseObject({}) })),
  responses: z.record(z.string(), z.unknown()),
})

const document = z
  .object({
    openapi: z.string(),
    paths: z.record(z.string(), z.object({ get: operation })),
    components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
  })
  .parse(JSON.parse(openApi()))

const operations = Object.entries(document.paths).map(([path, { get }]) => ({ path, ...get }))

describe('the OpenAPI document', () => {
  test('is valid', async () => {
    const validator = new Validator()
    expect(await validator.validate(JSON.parse(openApi()))).toEqual({ valid: true })
    expect(validator.version).toBe('3.1')
    // The validator detects an error.
    const { openapi: _, ...incomplete } = JSON.parse(openApi())
    expect(await new Validator().validate(incomplete)).toMatchObject({ valid: false })
  })

  test('has all resources and endpoints', () => {
    const paths = [
      ...resources.map(({ path }) => `/v1/${path}`),
      '/v1/live',
      ...endpoints.map(({ path }) => `/stacky/${path}`),
      ...health.map(({ path }) => `/${path}`),
    ].map((path) => path.replaceAll(/:(\w+)/g, '{$1}'))
    expect(Object.keys(document.paths).sort()).toEqual(paths.sort())
  })

  test('has references to existing components only', () => {
    const references = [...openApi().matchAll(/"\$ref":"([^"]+)"/g)].map(([, target]) => target)
    expect(references.length).toBeGreaterThan(50)
    const targets = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`)
    expect(references.filter((reference) => !targets.includes(reference ?? ''))).toEqual([])
    for (const component of Object.values(document.components.schemas)) expect(component).not.toHaveProperty('$ref')
  })

  test('has unique operation ids', () => {
    const ids = operations.map(({ operationId }) => operationId)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('describes the parameters', () => {
    const of = (path: string) =>
      Object.fromEntries(
        (document.paths[path]?.get.parameters ?? []).map(({ name, schema, ...rest }) => [
          name,
          [rest.in, rest.required, schema.type, schema.default],
        ]),
      )
    expect(of('/v1/instances/{uuid}/launches')).toEqual({
      uuid: ['path', true, 'string', undefined],
      after: ['query', false, 'string', undefined],
      limit: ['query', false, 'integer', 50],
    })
    expect(of('/stacky/search')).toMatchObject({
      field: ['query', true, 'string', undefined],
      service: ['query', false, 'string', 'nova'],
    })
  })

  test('requires a token except for the health checks', () => {
    expect(operations.filter(({ security }) => security !== undefined).map(({ path }) => path)).toEqual([
      '/healthz',
      '/readyz',
    ])
  })
})
