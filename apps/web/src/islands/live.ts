import { HeldRows } from './parts/heldRows.ts'
import { type LiveData, makeLiveRow } from './parts/liveRow.ts'

/** Rows in the list; older ones are removed. */
const MAX_ROWS = 200

/** A browser connects again automatically after an interruption, but not after an answer such as 503. */
const RETRY_MS = 10_000

const states: Readonly<Record<string, string>> = {
  live: 'Live: new notifications appear as they are stored.',
  delayed: 'Live, but an open transaction in the database delays new notifications.',
  unavailable: 'The database does not answer. New notifications appear when it does.',
}
const CONNECTING = 'Connecting …'
const LOST = 'The connection is lost. Connecting again …'
const REFUSED =
  'The server refuses the connection, because you are signed out or it has too many readers. Trying again …'
const SKIPPED = 'Some notifications were skipped here, because too many arrived while the connection was lost.'

const root = document.querySelector<HTMLElement>('[data-live]')
if (root !== null) start(root)

function start(root: HTMLElement): void {
  const element = <E extends HTMLElement>(name: string) => root.querySelector<E>(`[data-live-${name}]`)
  const list = element('list')
  const rows = element('rows')
  const stateText = element('state')
  const pauseButton = element<HTMLButtonElement>('pause')
  const heldButton = element<HTMLButtonElement>('held')
  const template = element<HTMLTemplateElement>('template')
  if (!list || !rows || !stateText || !pauseButton || !heldButton || !template) return

  const held = new HeldRows<() => Node>(MAX_ROWS)
  const reading = { pointer: false, focus: false, paused: false }
  let state = CONNECTING
  let after = root.dataset.liveAfter ?? ''

  const isReading = () => reading.pointer || reading.focus || reading.paused || isScrolled(list)
  const showState = () => {
    const text = reading.paused ? `Paused. ${state}` : state
    // A live region announces every change, also one to the same text.
    if (stateText.textContent !== text) stateText.textContent = text
  }
  const insertHeld = () => {
    if (held.count === 0) return
    const nodes = held.take().map((make) => make())
    rows.prepend(...nodes.reverse())
    while (rows.children.length > MAX_ROWS) rows.lastElementChild?.remove()
    showHeld()
  }
  const showHeld = () => {
    heldButton.hidden = held.count === 0
    heldButton.textContent = `${held.count.toLocaleString('en')} new`
  }

  /** Rows are inserted once per frame, or kept while someone reads. */
  let isScheduled = false
  const show = () => {
    if (isReading()) return showHeld()
    if (isScheduled) return
    isScheduled = true
    requestAnimationFrame(() => {
      isScheduled = false
      if (isReading()) showHeld()
      else insertHeld()
    })
  }
  const add = (make: () => Node) => {
    held.add(make)
    show()
  }

  const connect = () => {
    const separator = root.dataset.live?.includes('?') ? '&' : '?'
    const source = new EventSource(`${root.dataset.live}${separator}after=${encodeURIComponent(after)}`)
    const listen = (type: string, action: (data: string) => void) =>
      source.addEventListener(type, (event: MessageEvent<string>) => {
        if (event.lastEventId !== '') after = event.lastEventId
        action(event.data)
      })
    listen('notification', (data) => {
      const notification: LiveData = JSON.parse(data)
      add(() => makeLiveRow(template, notification))
    })
    listen('state', (data) => {
      state = states[JSON.parse(data).state] ?? state
      showState()
    })
    listen('gap', () => {
      state = states.live ?? ''
      showState()
      add(() => skippedRow(rows))
    })
    source.addEventListener('error', () => {
      const isClosed = source.readyState === EventSource.CLOSED
      state = isClosed ? REFUSED : LOST
      showState()
      if (!isClosed) return
      source.close()
      setTimeout(connect, RETRY_MS)
    })
  }

  pauseButton.hidden = false
  pauseButton.addEventListener('click', () => {
    reading.paused = !reading.paused
    pauseButton.setAttribute('aria-pressed', String(reading.paused))
    pauseButton.textContent = reading.paused ? 'Continue' : 'Pause'
    showState()
    show()
  })
  heldButton.addEventListener('click', () => {
    insertHeld()
    list.scrollTop = 0
    window.scrollTo({ top: 0 })
  })
  list.addEventListener('pointerenter', () => {
    reading.pointer = true
  })
  list.addEventListener('pointerleave', () => {
    reading.pointer = false
    show()
  })
  list.addEventListener('focusin', () => {
    reading.focus = true
  })
  list.addEventListener('focusout', () => {
    reading.focus = false
    show()
  })
  document.addEventListener('scroll', show, { capture: true, passive: true })
  showState()
  connect()
}

/** Whether the first row is above the window or above the list's own region. */
function isScrolled(list: HTMLElement): boolean {
  return list.scrollTop > 0 || list.getBoundingClientRect().top < 0
}

function skippedRow(rows: HTMLElement): Node {
  const row = document.createElement('tr')
  row.className = 'live-skipped'
  const cell = document.createElement('td')
  cell.colSpan = rows.closest('table')?.querySelectorAll('th').length ?? 1
  cell.textContent = SKIPPED
  row.append(cell)
  return row
}
