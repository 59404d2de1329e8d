export interface Case {
  path: string
  /** 200 when not given. */
  status?: number
  body: unknown
}

export const refused = (path: string, message: string): Case => ({
  path,
  status: 400,
  body: errorTable('Bad Request', message),
})

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
