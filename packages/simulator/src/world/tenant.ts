import type { Random } from '../core/random.ts'

export type User = { readonly id: string; readonly name: string }

/** A keystone project and its users. */
export type Tenant = { readonly id: string; readonly name: string; readonly users: readonly [User, ...User[]] }

const names = ['shop', 'analytics', 'ci', 'research'] as const
const people = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace', 'heidi'] as const

/** A project id as some identity drivers choose it: with dashes, and `default` for the first. */
function dashedId(id: string, index: number): string {
  return index === 0 ? 'default' : id.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/**
 * Creates the cloud's tenants with two users each; all deployments share one keystone.
 *
 * @param dashed whether their ids are not keystone's 32 hexadecimal digits
 */
export function createTenants(random: Random, dashed: boolean): readonly [Tenant, ...Tenant[]] {
  const user = (i: number): User => ({ id: random.hex(4), name: people[i] ?? `user-${i}` })
  const [first, ...rest] = names.map((name, i): Tenant => {
    const id = random.hex(4)
    return { id: dashed ? dashedId(id, i) : id, name, users: [user(2 * i), user(2 * i + 1)] }
  })
  if (first === undefined) throw new Error('no tenants')
  return [first, ...rest]
}

/** Creates the operators' project, whose users act on other tenants' instances. */
export function createOperators(random: Random): Tenant {
  return { id: random.hex(4), name: 'admin', users: [{ id: random.hex(4), name: 'admin' }] }
}
