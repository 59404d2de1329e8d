const CONFIRMATION_MS = 1_500

/** Shows the copy buttons, and makes the keys of JSON trees buttons that copy their path. */
export function startCopyButtons(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-copy]')) button.hidden = false
  for (const key of document.querySelectorAll<HTMLElement>('[data-path]')) replaceByButton(key)
  const status = document.createElement('p')
  status.className = 'visually-hidden'
  status.setAttribute('role', 'status')
  document.body.append(status)
  document.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-copy]') : null
    const text = button?.dataset.copy
    if (button === null || text === undefined) return
    void copy(text).then((isCopied) => {
      status.textContent = isCopied ? 'Copied' : 'Copying failed'
      button.dataset.state = isCopied ? 'copied' : 'failed'
      setTimeout(() => {
        delete button.dataset.state
        status.textContent = ''
      }, CONFIRMATION_MS)
    })
  })
}

function replaceByButton(key: HTMLElement): void {
  const { path = '' } = key.dataset
  const button = document.createElement('button')
  button.type = 'button'
  button.className = key.className
  button.dataset.copy = path
  button.title = `Copy ${path}`
  button.textContent = key.textContent
  key.replaceWith(button)
}

/** The clipboard is available over TLS and on loopback only; elsewhere a selection is copied. */
async function copy(text: string): Promise<boolean> {
  if (navigator.clipboard !== undefined) {
    return navigator.clipboard.writeText(text).then(
      () => true,
      () => copySelection(text),
    )
  }
  return copySelection(text)
}

function copySelection(text: string): boolean {
  const field = document.createElement('textarea')
  field.value = text
  field.className = 'visually-hidden'
  document.body.append(field)
  const focused = document.activeElement
  field.select()
  const isCopied = document.execCommand('copy')
  field.remove()
  if (focused instanceof HTMLElement) focused.focus()
  return isCopied
}
