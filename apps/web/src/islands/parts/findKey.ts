import { onKey } from './keys.ts'

/** `/` focuses the find box. */
export function startFindKey(): void {
  onKey('/', () => {
    const box = document.querySelector<HTMLInputElement>('[data-find]')
    box?.focus()
    box?.select()
    return box !== null
  })
}
