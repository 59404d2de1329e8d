import { stripVTControlCharacters } from 'node:util'

/** The shell prints its exit code between two of these when it waits for a command. */
const MARK = '\u001e'

/** What a program writes to take away the line that it has written. */
const TAKEN_AWAY = '\r\u001b\\[K'

/** Milliseconds that a command may take, and that one that goes on may take to say what is waited for. */
const PATIENCE = 600_000

/**
 * A terminal with a shell, as somebody sits at: programs see its width, and Ctrl-C is a key.
 * @typedef {object} Terminal
 * @property {(command: string) => Promise<{ output: string, code: number }>} type a command, and wait for its end
 * @property {(command: string) => void} start types a command that goes on
 * @property {(pattern: RegExp) => Promise<string>} shown waits until what the command printed matches, and gives all of it
 * @property {() => Promise<{ output: string, code: number }>} interrupt presses Ctrl-C, and waits for the end
 * @property {() => Promise<void>} close
 */

/**
 * @param {{ columns: number, folder: string, env: NodeJS.ProcessEnv, stopping: AbortSignal }} options
 * @returns {Promise<Terminal>}
 */
export async function openTerminal({ columns, folder, env, stopping }) {
  const { spawn } = await import('@lydell/node-pty')
  const shell = spawn('bash', ['--norc', '--noprofile', '--noediting', '-i'], {
    cols: columns,
    rows: 50,
    cwd: folder,
    // No colours and no prompt, but a mark; everything else is as it was.
    env: { ...env, TERM: 'dumb', PS1: '', PS2: '', PROMPT_COMMAND: `printf '\\036%d\\036' "$?"` },
  })
  let output = ''
  let ended = false
  let typed = ''
  const listeners = new Set()
  const changed = () => {
    for (const listener of [...listeners]) listener()
  }
  shell.onData((data) => {
    output += data
    changed()
  })
  shell.onExit(() => {
    ended = true
    changed()
  })

  /** Resolves with the first thing that `look` finds in the output. */
  const found = (look, what) =>
    new Promise((resolve, reject) => {
      const done = (settle, value) => {
        clearTimeout(timer)
        listeners.delete(listener)
        stopping.removeEventListener('abort', listener)
        settle(value)
      }
      const listener = () => {
        const value = look()
        if (value !== null) done(resolve, value)
        else if (stopping.aborted) done(reject, new Error('stopped'))
        else if (ended) done(reject, new Error(`the shell ended: ${plain(output)}`))
      }
      const timer = setTimeout(() => done(reject, new Error(`${what} did not come: ${plain(output)}`)), PATIENCE)
      listeners.add(listener)
      stopping.addEventListener('abort', listener)
      listener()
    })

  /** What the command printed so far, without its own echo. */
  const printed = () => {
    const text = plain(output)
    return text.startsWith(typed) ? text.slice(typed.length) : text
  }
  const end = async (what) => {
    const code = await found(() => {
      const match = new RegExp(`${MARK}(\\d+)${MARK}$`).exec(output)
      return match === null ? null : Number(match[1])
    }, what)
    const text = printed()
    output = ''
    typed = ''
    return { output: text, code }
  }
  const start = (command) => {
    typed = `${command}\n`
    shell.write(typed)
  }

  await end('the shell')
  return {
    type: async (command) => {
      start(command)
      return end(`the end of ${command}`)
    },
    start,
    shown: (pattern) => found(() => (pattern.test(printed()) ? printed() : null), String(pattern)),
    interrupt: async () => {
      shell.write('\u0003')
      return end('the end after Ctrl-C')
    },
    close: async () => {
      if (ended) return
      shell.kill('SIGHUP')
      await new Promise((resolve) => shell.onExit(resolve))
    },
  }
}

/** What stays on the screen: no marks, no colours, nothing of a line that was taken away again. */
function plain(text) {
  const lines = text.replaceAll('\r\n', '\n').replaceAll(new RegExp(`${MARK}\\d+${MARK}`, 'g'), '')
  return stripVTControlCharacters(lines.replaceAll(new RegExp(`[^\\n]*${TAKEN_AWAY}`, 'g'), ''))
}
