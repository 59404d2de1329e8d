// Bundles the browser's part of the app in the current folder into src/generated/assets.ts: the scripts and style sheets
// directly in src/islands and src/style, and the images. Their names contain a hash, so that browsers may keep them.

import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, extname } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

/** @type {Record<string, string>} */
const types = { '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml' }

/**
 * @param {string} folder
 * @param {RegExp} pattern
 */
const filesIn = (folder, pattern) =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => `${folder}/${entry.name}`)

const { outputFiles } = await build({
  entryPoints: [...filesIn('src/islands', /(?<!\.test|\.d)\.ts$/), ...filesIn('src/style', /\.css$/)],
  outdir: 'out',
  entryNames: '[name]',
  bundle: true,
  minify: true,
  format: 'esm',
  target: ['es2022', 'chrome110', 'firefox110', 'safari16'],
  legalComments: 'none',
  write: false,
  logLevel: 'warning',
})
const files = [
  ...outputFiles.map(({ path, contents }) => ({ name: basename(path), contents: Buffer.from(contents) })),
  ...filesIn('src/images', /\.svg$/).map((path) => ({ name: basename(path), contents: readFileSync(path) })),
]
const lines = files
  .sort((a, b) => (a.name < b.name ? -1 : 1))
  .map(({ name, contents }) => {
    const extension = extname(name)
    const hash = createHash('sha256').update(contents).digest('hex').slice(0, 12)
    const path = `/assets/${basename(name, extension)}-${hash}${extension}`
    const gzip = gzipSync(contents, { level: 9 }).toString('base64')
    return `  '${name}': { path: '${path}', type: '${types[extension]}', gzip: '${gzip}' },\n`
  })
const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
mkdirSync('src/generated', { recursive: true })
writeFileSync(
  'src/generated/assets.ts',
  `// Made by scripts/bundle-assets.mjs.\n\nexport const version = '${version}'\n\nexport const assets = {\n${lines.join('')}} as const\n`,
)
