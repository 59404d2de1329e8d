import { expect, test } from '@jest/globals'
import { novaEndpoint, tokensUrl } from './keystone.ts'

test.each([
  ['https://keystone:5000', 'https://keystone:5000/v3/auth/tokens'],
  ['https://keystone:5000/v3/', 'https://keystone:5000/v3/auth/tokens'],
  ['https://cloud/identity', 'https://cloud/identity/v3/auth/tokens'],
  ['https://user:password@cloud/identity/v3?x=1', 'https://cloud/identity/v3/auth/tokens'],
])('tokens of OS_AUTH_URL %s are at %s', (authUrl, url) => {
  expect(tokensUrl(authUrl).href).toBe(url)
})

const endpoint = (region: string, name: string, url: string) => ({ region_id: region, region, interface: name, url })

const catalog = [
  { type: 'identity', endpoints: [endpoint('east', 'public', 'https://keystone')] },
  {
    type: 'compute',
    endpoints: [
      endpoint('east', 'public', 'https://east/v2.1'),
      endpoint('east', 'internal', 'http://east:8774/v2.1'),
      endpoint('west', 'public', 'https://west/v2.1'),
    ],
  },
]

test.each([
  ['east', 'public', 'https://east/v2.1'],
  ['west', 'public', 'https://west/v2.1'],
  [undefined, 'internal', 'http://east:8774/v2.1'],
])('nova of region %s by interface %s is %s', (region, name, url) => {
  expect(novaEndpoint(catalog, { region, interface: name }).href).toBe(url)
})

test.each([
  [undefined, 'public', 'OS_REGION_NAME is not set, but the catalog has several regions: east, west'],
  ['north', 'public', 'OS_REGION_NAME is north, but the catalog has only east, west'],
  ['east', 'admin', 'OS_INTERFACE is admin, but the catalog has no such endpoint of nova'],
])('region %s by interface %s is an error that names the variable', (region, name, message) => {
  expect(() => novaEndpoint(catalog, { region, interface: name })).toThrow(message)
})
