import { z } from 'zod'

/** The node that a process is connected to, as host:port, of each deployment's broker; null: none. */
export type BrokerConnections = Record<string, string | null>

/** An ingest process that is running. */
export interface IngestProcess {
  /** Host name and process id. */
  process: string
  brokers: BrokerConnections
}

/** How often a process has to announce itself. */
export const ANNOUNCE_INTERVAL_MS = 10_000

/** A process that has not announced itself for this long has ended without withdrawing. */
const LIFETIME_SECONDS = 35

/** An announcement, as stored in Redis. Its time is by the clock of Redis. */
const announcement = z.object({ at: z.number(), brokers: z.record(z.string(), z.string().nullable()) })

/** The stored form of an announcement. */
export function formatAnnouncement(brokers: BrokerConnections, now: number): string {
  return JSON.stringify({ at: now, brokers })
}

/**
 * Tells running processes from those that have ended, by the time of their announcements in seconds.
 *
 * @param stored announcements by process
 */
export function parseAnnouncements(
  stored: Readonly<Record<string, string>>,
  now: number,
): { running: IngestProcess[]; ended: string[] } {
  const running: IngestProcess[] = []
  const ended: string[] = []
  for (const [process, text] of Object.entries(stored)) {
    const parsed = announcement.safeParse(json(text))
    if (parsed.success && parsed.data.at >= now - LIFETIME_SECONDS)
      running.push({ process, brokers: parsed.data.brokers })
    else ended.push(process)
  }
  return { running: running.sort((a, b) => (a.process < b.process ? -1 : 1)), ended }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
