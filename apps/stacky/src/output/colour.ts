import { styleText } from 'node:util'

export type Style = 'bold' | 'red'

/** Styles a text. The caller decides whether to use colour (Screen.colour), so no stream is checked here. */
export function coloured(style: Style, text: string): string {
  return styleText(style, text, { validateStream: false })
}
