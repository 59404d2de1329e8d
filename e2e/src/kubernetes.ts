import { createRequire } from 'node:module'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { filesOf, read } from './deploy.ts'

/** The models of Kubernetes' API, generated from its OpenAPI schemas; the package is CommonJS for Node. */
const load = createRequire(import.meta.url)

const resource = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), labels: z.record(z.string(), z.string()) }),
})

export type Resource = z.output<typeof resource>

/** The manifests: everything that kustomization.yaml lists. */
export function manifests(): { file: string; resource: Resource }[] {
  return filesOf('deploy/kubernetes')
    .filter((file) => file.endsWith('.yaml') && !file.endsWith('kustomization.yaml'))
    .flatMap((file) =>
      parseAllDocuments(read(file)).map((document) => ({ file, resource: resource.parse(document.toJS()) })),
    )
}

const model = z.custom<new (data: unknown) => { validate(): void }>((value) => typeof value === 'function')

/** Violations of the schema of a resource's kind: wrong types, missing fields, and fields that do not exist. */
export function schemaFaults(data: Resource): string[] {
  const { apiVersion, kind } = data
  const models = z.looseObject({}).parse(load(`kubernetes-models/${apiVersion}`))
  const instance = new (model.parse(models[kind]))(data)
  const unread = new Set<string>()
  try {
    // The generated code ignores unknown fields: they are the ones that it does not read.
    Reflect.apply(instance.validate, observed(instance, '', unread), [])
    return [...unread].map((path) => `unknown field ${path}`)
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  }
}

/** An object that removes each of its fields from `unread` when it is read, and the fields of its objects likewise. */
function observed<T extends object>(target: T, path: string, unread: Set<string>): T {
  const children = new Map<string, unknown>()
  const pathOf = (key: string) => `${path}/${key}`
  for (const key of Object.keys(target)) {
    const value: unknown = Reflect.get(target, key)
    if (value === undefined) continue
    unread.add(pathOf(key))
    children.set(key, typeof value === 'object' && value !== null ? observed(value, pathOf(key), unread) : value)
  }
  return new Proxy(target, {
    get(_, key) {
      if (typeof key === 'string') unread.delete(pathOf(key))
      return typeof key === 'string' && children.has(key) ? children.get(key) : Reflect.get(target, key)
    },
  })
}
