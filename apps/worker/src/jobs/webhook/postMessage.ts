import { messageOf } from '@stacktach/runtime'
import type { SignedMessage } from './webhookMessage.ts'

/** Bytes of an answer that are read, so that its connection can be used again; the rest is not read. */
const MAX_ANSWER = 65_536

/**
 * POSTs a message. The receiver took it if its status is 2xx; redirects are not followed.
 *
 * @param signal ends the attempt
 * @returns null if the receiver took it, else why not; never contains the URL, the body or the secret
 */
export async function postMessage(url: string, message: SignedMessage, signal: AbortSignal): Promise<string | null> {
  let response: Response
  try {
    response = await fetch(url, { method: 'POST', ...message, redirect: 'manual', signal })
  } catch (error) {
    if (signal.aborted) return 'no answer in time'
    // fetch hides the reason, such as a refused connection, in the cause.
    return messageOf(error instanceof Error ? (error.cause ?? error) : error)
  }
  await readAnswer(response)
  return response.ok ? null : `HTTP ${response.status}`
}

/** Only the status counts: an answer that is too long, or does not end, does not fail the attempt. */
async function readAnswer({ body }: Response): Promise<void> {
  if (body === null) return
  let length = 0
  try {
    for await (const chunk of body) {
      length += chunk.length
      if (length > MAX_ANSWER) break
    }
  } catch {
    // The attempt timed out, or the connection was lost.
  }
}
