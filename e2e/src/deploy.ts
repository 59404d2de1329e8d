import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv } from 'ajv'
import { parse } from 'yaml'
import { z } from 'zod'

export const root = fileURLToPath(new URL('../../', import.meta.url))

export const read = (path: string) => readFileSync(join(root, path), 'utf8')

/** Files of a folder, as paths from the project's root. */
export const filesOf = (folder: string) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`)

/** The properties of a service that tests check; `composeFaults` checks the whole file against the schema. */
const service = z.object({
  image: z.string(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  volumes: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
})

const composeFile = z.object({ services: z.record(z.string(), service) })

/** The content of the compose file. */
export const compose = () => parse(read('docker-compose.yml'), { merge: true }) as unknown

export const composeServices = () => composeFile.parse(compose()).services

/** Violations of the compose specification's schema, one per line. */
export function composeFaults(content: unknown): string[] {
  const folder = createRequire(import.meta.url).resolve('dclint/package.json')
  const { $schema, ...schema } = z
    .looseObject({ $schema: z.string() })
    .parse(JSON.parse(readFileSync(join(folder, '../schemas/compose.schema.json'), 'utf8')))
  const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(schema)
  validate(content)
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath}: ${message}`)
}

/** The settings of an ini file of nova, glance or systemd, as `section: key = value`. */
export function settings(path: string): string[] {
  let section = ''
  const lines: string[] = []
  for (const line of read(path).split('\n')) {
    const header = /^\[(\[?[^\]]+\]?)\]/.exec(line)
    const setting = /^([^#;=\s][^=]*?)\s*=\s*(.*)$/.exec(line)
    if (header) section = header[1] ?? ''
    else if (setting) lines.push(`${section}: ${setting[1]} = ${setting[2]}`)
  }
  return lines
}

/** The variables of a systemd environment file. */
export function environmentOf(path: string): Record<string, string> {
  const lines = read(path).split('\n')
  return Object.fromEntries(
    lines.flatMap((line) => [...line.matchAll(/^(\w+)=(.*)$/g)].map(([, name, value]) => [name, value])),
  )
}
