import type { Database } from '@stacktach/db'
import type { Instant } from '@stacktach/domain'
import { type Access, decode } from '@stacktach/http'
import type { ComponentChildren } from 'preact'
import type { z } from 'zod'
import type { AssetName } from './assets.ts'

/** What a page reads from, and for whom. */
export interface PageContext {
  db: Database
  /** Time of the request. */
  now: Instant
  /** The tenants that the viewer is limited to; null: no limit. A page of access `tenant` must apply it to its queries. */
  tenants: readonly string[] | null
  /** Path and query of the request. */
  url: string
  /** The OpenAPI document, as JSON text; null: the application has none. */
  apiDocument: (() => string) | null
}

/** An answer of `load` that sends the browser to another page. */
export class Redirect {
  readonly to: string

  constructor(to: string) {
    this.to = to
  }
}

/** A page to be rendered within the layout. */
export interface LoadedPage {
  title: string
  content: ComponentChildren
}

/** A page of the table of pages. */
export interface WebPage {
  /** In Express's syntax. */
  path: string
  access: Access
  navigation: string | null
  scripts: readonly AssetName[]
  styles: readonly AssetName[]
  /**
   * @param params of the path, from Express
   * @param query from Express
   * @throws HttpError for invalid parameters or an unknown resource
   */
  open(context: PageContext, params: unknown, query: unknown): Promise<LoadedPage | Redirect>
}

interface Definition<Shape extends z.ZodRawShape, Data extends object> {
  path: string
  /** Includes the parameters of the path (`:uuid`); an invalid one of these is a 404. */
  params: z.ZodObject<Shape>
  /** `tenant`: viewers limited to tenants may open it, and `load` limits what it reads to their tenants. */
  access: Access
  /** Label in the navigation, of a page whose path has no parameters. */
  navigation?: string
  /** Scripts and style sheets in addition to those of all pages. */
  scripts?: readonly AssetName[]
  styles?: readonly AssetName[]
  /** Reads what the page shows, with functions of packages/db. */
  load(context: PageContext, params: z.output<z.ZodObject<Shape>>): Promise<Data | Redirect>
  title(data: Data): string
  /** The content below the heading of the layout; pure. */
  view(data: Data): ComponentChildren
}

/** Makes a page from its path, the schema of its parameters, and the functions that read and show it. */
export function definePage<Shape extends z.ZodRawShape, Data extends object>(
  definition: Definition<Shape, Data>,
): WebPage {
  const { path, params: schema, access, navigation = null, scripts = [], styles = [], load, title, view } = definition
  return {
    path,
    access,
    navigation,
    scripts,
    styles,
    async open(context, params, query) {
      const data = await load(context, decode(schema, params, query))
      return data instanceof Redirect ? data : { title: title(data), content: view(data) }
    },
  }
}
