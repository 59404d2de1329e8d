import { STATUS_CODES } from 'node:http'

/** The content of an error page: the words of the API's error. */
export function ErrorView({ status, message }: { status: number; message: string }) {
  return (
    <div class="message-page">
      <p class="status-code">{status}</p>
      <h1>{STATUS_CODES[status] ?? 'Error'}</h1>
      <p class="message">{message}</p>
    </div>
  )
}
