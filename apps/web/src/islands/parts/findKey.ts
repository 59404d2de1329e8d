/** `/` focuses the find box, unless one is typing. */
export function startFindKey(): void {
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
    const box = document.querySelector<HTMLInputElement>('[data-find]')
    if (box === null) return
    event.preventDefault()
    box.focus()
    box.select()
  })
}

/** Whether a key press in the element enters text. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  )
}
