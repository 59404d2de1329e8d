import { ConfigError } from '@stacktach/runtime'
import { z } from 'zod'
import { OpenStackError, requestJson } from './request.ts'

/** An application credential, and which endpoint of nova it is used with. */
export interface CloudAccess {
  authUrl: string
  credentialId: string
  credentialSecret: string
  /** Undefined: the only region of the catalog. */
  region: string | undefined
  interface: string
}

/** A token, and nova's endpoint in its catalog. */
export interface CloudSession {
  token: string
  endpoint: URL
}

const authentication = z.object({
  token: z.object({
    catalog: z
      .array(
        z.object({
          type: z.string(),
          endpoints: z.array(
            z.object({
              interface: z.string(),
              region: z.string().nullish(),
              region_id: z.string().nullish(),
              url: z.string(),
            }),
          ),
        }),
      )
      .default([]),
  }),
})

type Catalog = z.output<typeof authentication>['token']['catalog']

/**
 * Logs in at Keystone.
 *
 * @throws OpenStackError if Keystone refuses
 * @throws ConfigError if the catalog has no such endpoint
 */
export async function logIn(access: CloudAccess): Promise<CloudSession> {
  const url = tokensUrl(access.authUrl)
  const body = {
    auth: {
      identity: {
        methods: ['application_credential'],
        application_credential: { id: access.credentialId, secret: access.credentialSecret },
      },
    },
  }
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const { value, headers } = await requestJson(url, init, authentication).catch((error: unknown) => {
    const isRefused = error instanceof OpenStackError && error.isUnauthorized
    throw isRefused
      ? new OpenStackError(
          url,
          error.status,
          'refuses the application credential: check OS_APPLICATION_CREDENTIAL_ID and OS_APPLICATION_CREDENTIAL_SECRET',
        )
      : error
  })
  const token = headers.get('x-subject-token')
  if (token === null) throw new OpenStackError(url, null, 'answered without X-Subject-Token: check OS_AUTH_URL')
  return { token, endpoint: novaEndpoint(value.token.catalog, access) }
}

/** OS_AUTH_URL may or may not end with the version. */
export function tokensUrl(authUrl: string): URL {
  const url = new URL(authUrl)
  const path = url.pathname.replace(/\/+$/, '')
  url.pathname = `${path.endsWith('/v3') ? path : `${path}/v3`}/auth/tokens`
  url.search = ''
  // fetch refuses them, with an error that contains them.
  url.username = ''
  url.password = ''
  return url
}

/** @throws ConfigError that names the variable to change */
export function novaEndpoint(
  catalog: Catalog,
  { region, interface: wanted }: Pick<CloudAccess, 'region' | 'interface'>,
): URL {
  const compute = catalog.filter(({ type }) => type === 'compute').flatMap(({ endpoints }) => endpoints)
  const offered = compute.filter((endpoint) => endpoint.interface === wanted)
  if (offered.length === 0)
    throw new ConfigError(`OS_INTERFACE is ${wanted}, but the catalog has no such endpoint of nova`)
  const regionOf = ({ region_id, region }: (typeof offered)[number]) => region_id ?? region ?? ''
  const regions = [...new Set(offered.map(regionOf))]
  if (region === undefined && regions.length > 1) {
    throw new ConfigError(`OS_REGION_NAME is not set, but the catalog has several regions: ${regions.join(', ')}`)
  }
  const endpoint = offered.find((candidate) => region === undefined || regionOf(candidate) === region)
  if (endpoint === undefined) {
    throw new ConfigError(`OS_REGION_NAME is ${region}, but the catalog has only ${regions.join(', ')}`)
  }
  if (!/^https?:/.test(endpoint.url) || !URL.canParse(endpoint.url)) {
    throw new ConfigError(`OS_REGION_NAME or OS_INTERFACE: the catalog’s endpoint ${endpoint.url} is not a URL`)
  }
  return new URL(endpoint.url)
}
