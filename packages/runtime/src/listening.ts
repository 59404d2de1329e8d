/**
 * Why a port could not be listened on, in the words of the configuration.
 *
 * @param variables what stands before `_HOST` and `_PORT` in the names of the variables that say where
 */
export function explainListening(error: NodeJS.ErrnoException, variables: string, host: string, port: number): Error {
  const cause = error
  if (error.code === 'EADDRINUSE') return new Error(`${variables}_PORT ${port} is already in use on ${host}`, { cause })
  if (error.code === 'EACCES') return new Error(`${variables}_PORT ${port} may not be opened by this user`, { cause })
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return new Error(`${variables}_HOST ${host} is no address of this machine`, { cause })
  }
  return error
}
