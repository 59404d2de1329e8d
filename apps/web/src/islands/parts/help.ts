import { onKey } from './keys.ts'

const keys: readonly (readonly [key: string, action: string])[] = [
  ['/', 'Find an instance, request, tenant, host or event'],
  ['j', 'Next row of a list'],
  ['k', 'Previous row of a list'],
  ['Enter', 'Open the row'],
  ['?', 'Show or close this help'],
]

/** `?`, or the button in the footer, shows the keys. */
export function startHelp(): void {
  let dialog: HTMLDialogElement | undefined
  const toggle = () => {
    dialog ??= helpDialog()
    if (dialog.open) dialog.close()
    else dialog.showModal()
    return true
  }
  onKey('?', toggle)
  for (const button of document.querySelectorAll<HTMLElement>('[data-help]')) {
    button.hidden = false
    button.addEventListener('click', toggle)
  }
}

function helpDialog(): HTMLDialogElement {
  const dialog = document.createElement('dialog')
  dialog.className = 'help'
  dialog.setAttribute('aria-labelledby', 'help-title')
  const title = element('h2', 'Keys')
  title.id = 'help-title'
  const list = document.createElement('dl')
  for (const [key, action] of keys) {
    const name = document.createElement('dt')
    name.append(element('kbd', key))
    list.append(name, element('dd', action))
  }
  const close = element('button', 'Close')
  close.addEventListener('click', () => dialog.close())
  dialog.append(title, list, close)
  document.body.append(dialog)
  return dialog
}

function element(name: string, text: string): HTMLElement {
  const created = document.createElement(name)
  created.textContent = text
  return created
}
