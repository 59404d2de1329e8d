/** Anything that JSON can say. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject

/** A JSON object; notifications and their payloads are such. */
export type JsonObject = { readonly [key: string]: Json }
