/**
 * Why a port could not be listened on, in the words of the configuration.
 *
 * @param variables what stands before `_HOST` and `_PORT` in the names of the variables that say where
 */
export function explainListening(error: NodeJS.ErrnoException, variables: string, host: string, port: number): Error {
  const cause = error
  const [HOST, PORT] = [`${variables}_HOST`, `${variables}_PORT`]
  if (error.code === 'EADDRINUSE') {
    return new Error(`${PORT} ${port} is already in use on ${host}: stop what listens there, or set another`, { cause })
  }
  if (error.code === 'EACCES') {
    return new Error(`${PORT} ${port} may not be opened by this user: set one above 1023`, { cause })
  }
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return new Error(`${HOST} ${host} is no address of this machine: set one that is, or 127.0.0.1`, { cause })
  }
  return error
}
