import { variables } from './variables.ts'

/** Whether fatal errors are printed with their stack traces: at LOG_LEVEL debug. An invalid LOG_LEVEL counts as not set. */
export function showsStackTraces(environment: NodeJS.ProcessEnv): boolean {
  return variables.LOG_LEVEL.safeParse(environment.LOG_LEVEL).data === 'debug'
}
