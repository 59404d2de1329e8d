/** Any JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject

/** A JSON object, such as a notification or its payload. */
export type JsonObject = { readonly [key: string]: Json }
