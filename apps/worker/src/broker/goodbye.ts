/** Milliseconds that a broker has to answer what it is asked at the end. */
const CLOSE_TIMEOUT_MS = 1_000

/** Waits for what the broker is asked at the end, however that goes, but not for ever: a dead connection can hang. */
export async function closeQuietly(asked: Promise<unknown>): Promise<void> {
  await Promise.race([asked.catch(() => {}), new Promise((resolve) => setTimeout(resolve, CLOSE_TIMEOUT_MS))])
}
