import { describe, expect, test } from '@jest/globals'
import { parseTenants } from './parseTenants.ts'

const ann = { tenant: 'a1', accountName: 'Ann, Inc.', billingAccount: '77', types: { size: 'small', plan: 'gold' } }
const bob = { tenant: 'b2', accountName: 'Bob', billingAccount: '78', types: { size: 'large' } }

describe('tenants are read', () => {
  test('from CSV with a column per type, empty for a missing type', () => {
    const csv =
      '\ufeffTenant,Account name,billing_account,size,plan\na1,"Ann, Inc.",77,small,gold\n\nb2, Bob ,78,large,\n'
    expect(parseTenants(csv)).toEqual({ tenants: [ann, bob] })
  })

  test('from JSON', () => {
    const json = [
      { tenant: 'a1', account_name: 'Ann, Inc.', billing_account: '77', types: ann.types },
      { tenant: 'b2', account_name: 'Bob', billing_account: '78', types: bob.types },
    ]
    expect(parseTenants(JSON.stringify(json))).toEqual({ tenants: [ann, bob] })
    expect(parseTenants('[]')).toEqual({ tenants: [] })
  })
})

describe('every error names its record', () => {
  test.each<[string, string, string[]]>([
    ['a missing column', 'tenant,account_name\na1,Ann\n', ['record 1: billing_account ']],
    [
      'an empty name',
      'tenant,account_name,billing_account\n,Ann,1\nb,,2\n',
      ['record 1: tenant', 'record 2: account_name'],
    ],
    [
      'a duplicate tenant',
      'tenant,account_name,billing_account\na,Ann,1\nb,Bob,2\na,Ann,3\n',
      ['record 3: duplicate tenant a, first in record 1'],
    ],
    ['a row that is too long', 'tenant,account_name,billing_account\na,Ann,1,2\n', ['not CSV: ']],
    ['an unclosed quote', 'tenant,account_name,billing_account\n"a,Ann,1\n', ['not CSV: ']],
    ['invalid JSON', '[{', ['not JSON: ']],
    ['an object instead of a list', '{"tenant":"a"}', ['Invalid input']],
    [
      'a type that is not a string',
      '[{"tenant":"a","account_name":"A","billing_account":"1","types":{"size":1}}]',
      ['tenant 1: types.size '],
    ],
    ['a misspelt key', '[{"tenant":"a","account_name":"A","billing_account":"1","typs":{}}]', ['tenant 1: ']],
  ])('%s', (_, content, expected) => {
    const parsed = parseTenants(content)
    const errors = 'errors' in parsed ? parsed.errors : []
    expect(errors).toHaveLength(expected.length)
    for (const [index, start] of expected.entries()) expect(errors[index]?.startsWith(start)).toBe(true)
  })
})
