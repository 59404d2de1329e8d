import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import * as engine from '@prisma/schema-engine-wasm/schema_engine_bg'
import pg from 'pg'

// A global of Node that its types do not declare.
declare const WebAssembly: {
  instantiate(source: Buffer, imports: object): Promise<{ instance: { exports: Record<string, unknown> } }>
}

const schemaPath = fileURLToPath(new URL('../../../../prisma/schema.prisma', import.meta.url))

/**
 * Converts schema.prisma to SQL with Prisma's schema engine. The engine is a WebAssembly module of its npm package, so no
 * binary is downloaded.
 *
 * @param url of any database; the engine queries its version
 */
export async function schemaSql(url: string): Promise<string> {
  const require = createRequire(import.meta.url)
  const wasm = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg').replace(/\.js$/, '.wasm')
  const { instance } = await WebAssembly.instantiate(readFileSync(wasm), { './schema_engine_bg.js': { ...engine } })
  engine.__wbg_set_wasm(instance.exports)
  const { __wbindgen_start: start } = instance.exports
  if (typeof start === 'function') start()
  const content = readFileSync(schemaPath, 'utf8')
  const pool = new pg.Pool({ connectionString: url })
  try {
    const schemaEngine = await engine.SchemaEngine.new(
      { datamodels: [['schema.prisma', content]] },
      () => {},
      bindMigrationAwareSqlAdapterFactory(new PrismaPg(pool)),
    )
    const { stdout } = await schemaEngine.diff({
      from: { tag: 'empty' },
      to: { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content }] },
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
    })
    return stdout ?? ''
  } finally {
    await pool.end()
  }
}
