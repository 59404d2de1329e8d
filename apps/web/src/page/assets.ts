import { gunzipSync } from 'node:zlib'
import { assets, version } from '../generated/assets.ts'

/** A script, style sheet or image, by the name of its source. */
export type AssetName = keyof typeof assets

interface Asset {
  type: string
  gzip: Buffer
  content: Buffer
}

/** The version of StackTach. */
export const productVersion: string = version

/** The path of an asset; it changes with the content. */
export function assetPath(name: AssetName): string {
  return assets[name].path
}

/** All assets by path. */
export const assetsByPath: ReadonlyMap<string, Asset> = new Map(
  Object.values(assets).map(({ path, type, gzip }) => {
    const compressed = Buffer.from(gzip, 'base64')
    return [path, { type, gzip: compressed, content: gunzipSync(compressed) }]
  }),
)
