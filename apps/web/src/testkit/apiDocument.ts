/** An OpenAPI document whose texts contain markup. */
export const API_DOCUMENT = JSON.stringify({
  openapi: '3.1.1',
  info: { title: 'StackTach', version: '1', description: '<img src=x>' },
  tags: [{ name: 'v1', description: '<img src=x>' }],
  paths: {
    '/v1/things': {
      get: {
        operationId: 'v1_things',
        tags: ['v1'],
        summary: 'Things <img src=x>',
        parameters: [
          { name: 'kind', in: 'query', required: false, schema: { enum: ['a', '<img src=x>'] } },
          { name: 'limit', in: 'query', required: false, schema: { type: 'integer', default: 50 } },
        ],
        responses: {
          200: {
            description: 'The answer.',
            content: {
              'application/json': { schema: { type: 'object', properties: { '<img>': { type: 'string' } } } },
            },
          },
        },
      },
    },
    '/v1/things/{id}': {
      get: {
        operationId: 'v1_things_id',
        tags: ['v1'],
        summary: 'One thing',
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }],
        responses: { 200: { description: 'The answer.' } },
      },
    },
  },
})
