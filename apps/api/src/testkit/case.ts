/** A request and its expected response. */
export interface Case {
  /** Below `/stacky/`, with the query. */
  path: string
  /** Default: 200. */
  status?: number
  body: unknown
}

/** A request that is rejected with 400. */
export const rejected = (path: string, message: string): Case => ({
  path,
  status: 400,
  body: errorTable('Bad Request', message),
})

/** A request that is answered with 404. */
export const missing = (path: string, message: string): Case => ({
  path,
  status: 404,
  body: errorTable('Not Found', message),
})

function errorTable(reason: string, message: string): unknown {
  return [
    ['Error', 'Message'],
    [reason, message],
  ]
}
