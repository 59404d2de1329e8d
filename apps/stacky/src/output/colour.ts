import { styleText } from 'node:util'

export type Style = 'bold' | 'red'

/** A text in a style. Whether there is colour has been decided before: by the screen, not by what runs this. */
export function coloured(style: Style, text: string): string {
  return styleText(style, text, { validateStream: false })
}
