import { z } from 'zod'
import { endpoints, health } from '../endpoints/index.ts'
import type { Endpoint } from '../http/defineEndpoint.ts'
import { errorTable } from '../http/tables.ts'
import { liveParameters } from '../live/filter.ts'
import { resources } from '../v1/index.ts'
import { problem } from '../v1/problem.ts'
import { type DescribedEndpoint, openApiDocument } from './document.ts'

const live: DescribedEndpoint = {
  path: '/v1/live',
  summary: 'Notifications as they arrive, as Server-Sent Events; resumed by the header Last-Event-ID or by after',
  access: 'all',
  parameters: liveParameters,
  answer: z.string().meta({ description: 'Events notification, state and gap; docs/api.md describes their data.' }),
  answerType: 'text/event-stream',
}

let text: string | undefined

/** The OpenAPI document of the resources of /v1 and the endpoints of /stacky, made once. */
export function openApi(): string {
  text ??= openApiDocument([
    {
      tag: 'v1',
      description: 'JSON objects, lists in pages, errors as problems (RFC 9457).',
      endpoints: [...resources.map((resource) => ({ ...resource, path: `/v1/${resource.path}` })), live],
      contentTypes: ['application/json', 'application/problem+json'],
      error: problem,
    },
    {
      tag: 'stacky',
      description: "StackTach's interface: arrays of rows. The first row is the header.",
      endpoints: [
        ...endpoints.map((endpoint) => described(endpoint, '/stacky/')),
        ...health.map((endpoint) => ({ ...described(endpoint, '/'), access: 'public' as const })),
      ],
      contentTypes: ['text/json', 'text/json'],
      error: errorTable,
    },
  ])
  return text
}

function described({ path, summary, parameters, schema: answer }: Endpoint, prefix: string): DescribedEndpoint {
  return {
    path: `${prefix}${path}`,
    summary,
    access: path.includes(':tenant') ? 'tenant' : 'all',
    parameters,
    answer,
  }
}
