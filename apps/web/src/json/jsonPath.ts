const IDENTIFIER = /^[A-Za-z_]\w*$/

/** The path of a member in jq's syntax: `.payload["nova_object.data"].flavor`, `.roles[0]`. */
export function memberPath(path: string, key: string | number): string {
  if (typeof key === 'number') return `${path === '' ? '.' : path}[${key}]`
  if (IDENTIFIER.test(key)) return `${path}.${key}`
  return `${path === '' ? '.' : path}[${JSON.stringify(key)}]`
}
