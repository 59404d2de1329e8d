import { createHash } from 'node:crypto'
import { open, readFile, rename, rm, writeFile } from 'node:fs/promises'

/** Imported lines by result. */
export interface ImportCounts {
  /** New notifications. */
  stored: number
  /** Notifications that were stored before. */
  duplicates: number
  /** Stored as rejected messages. */
  rejected: number
  /** Lines that are not messages. */
  unreadable: number
}

/** Position in the imported file, and the counts up to it. */
export interface ImportState extends ImportCounts {
  /** Bytes from the beginning of the file. */
  offset: number
  lines: number
}

/** Bytes at the beginning of a file by which it is identified. */
const FINGERPRINT_BYTES = 4_096

/** Keeps the state of an import in `<file>.import`, so that an interrupted import resumes. */
export class StateFile {
  readonly #path: string
  /** SHA-256 of the beginning of the imported file. */
  readonly #head: string

  private constructor(path: string, head: string) {
    this.#path = path
    this.#head = head
  }

  /** @param file to be imported */
  static async of(file: string): Promise<StateFile> {
    const handle = await open(file)
    try {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(FINGERPRINT_BYTES), 0, FINGERPRINT_BYTES, 0)
      return new StateFile(`${file}.import`, createHash('sha256').update(buffer.subarray(0, bytesRead)).digest('hex'))
    } finally {
      await handle.close()
    }
  }

  /** Reads the saved state; the initial state if there is none, or if it belongs to a file with other content. */
  async read(): Promise<ImportState> {
    const text = await readFile(this.#path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return ''
      throw error
    })
    const saved = parseObject(text)
    return saved?.head === this.#head ? parseState(saved) : initialState()
  }

  /** Replaces the saved state atomically. */
  async write(state: ImportState): Promise<void> {
    await writeFile(`${this.#path}.new`, `${JSON.stringify({ head: this.#head, ...state })}\n`)
    await rename(`${this.#path}.new`, this.#path)
  }

  async remove(): Promise<void> {
    await rm(this.#path, { force: true })
  }
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : null
  } catch {
    return null
  }
}

/** Earlier versions wrote `known` for `duplicates`. */
function parseState({ known, duplicates = known, ...saved }: Record<string, unknown>): ImportState {
  const values: Record<string, unknown> = { ...saved, duplicates }
  const state = initialState()
  for (const name of ['offset', 'lines', 'stored', 'duplicates', 'rejected', 'unreadable'] as const) {
    const value = values[name]
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) return initialState()
    state[name] = value
  }
  return state
}

/** The state at the beginning of a file. */
export function initialState(): ImportState {
  return { offset: 0, lines: 0, stored: 0, duplicates: 0, rejected: 0, unreadable: 0 }
}

/** The state after a batch of `lines` lines that ends at `offset`. */
export function addBatch(state: ImportState, counts: ImportCounts, lines: number, offset: number): ImportState {
  return {
    offset,
    lines: state.lines + lines,
    stored: state.stored + counts.stored,
    duplicates: state.duplicates + counts.duplicates,
    rejected: state.rejected + counts.rejected,
    unreadable: state.unreadable + counts.unreadable,
  }
}
