import { createHash } from 'node:crypto'
import { open, readFile, rename, rm, writeFile } from 'node:fs/promises'

/** What became of the lines of a file so far. */
export interface Counts {
  /** New notifications. */
  stored: number
  /** Accepted, but stored before. */
  known: number
  /** Kept as rejected messages. */
  rejected: number
  /** No messages at all. */
  unreadable: number
}

/** How far a file is imported. */
export interface ImportState extends Counts {
  /** Bytes whose lines are stored. */
  offset: number
  lines: number
}

const NOTHING: ImportState = { offset: 0, lines: 0, stored: 0, known: 0, rejected: 0, unreadable: 0 }

/** Bytes by which a file is known again. */
const HEAD = 4_096

/** Remembers beside a file how far it is imported, so that an import that was cut off goes on there. */
export class StateFile {
  readonly #path: string
  readonly #head: string

  private constructor(path: string, head: string) {
    this.#path = path
    this.#head = head
  }

  /** Of a file to be imported; the state is in `<file>.import`. */
  static async of(file: string): Promise<StateFile> {
    const handle = await open(file)
    try {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(HEAD), 0, HEAD, 0)
      return new StateFile(`${file}.import`, createHash('sha256').update(buffer.subarray(0, bytesRead)).digest('hex'))
    } finally {
      await handle.close()
    }
  }

  /** The state that was left, or the beginning when there is none or it is another file's. */
  async read(): Promise<ImportState> {
    const text = await readFile(this.#path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return ''
      throw error
    })
    const found = parsed(text)
    return found !== null && Reflect.get(found, 'head') === this.#head ? stateOf(found) : { ...NOTHING }
  }

  async write(state: ImportState): Promise<void> {
    await writeFile(`${this.#path}.new`, `${JSON.stringify({ head: this.#head, ...state })}\n`)
    await rename(`${this.#path}.new`, this.#path)
  }

  async remove(): Promise<void> {
    await rm(this.#path, { force: true })
  }
}

function parsed(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' ? value : null
  } catch {
    return null
  }
}

function stateOf(found: object): ImportState {
  const state = { ...NOTHING }
  for (const name of ['offset', 'lines', 'stored', 'known', 'rejected', 'unreadable'] as const) {
    const value: unknown = Reflect.get(found, name)
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) return { ...NOTHING }
    state[name] = value
  }
  return state
}

export function nothingYet(): ImportState {
  return { ...NOTHING }
}
