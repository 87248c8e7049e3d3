/**
 * Text from peers, engines and apps is shown as text: nothing in it may clear the screen, forge a line or turn its
 * direction.
 */
const escape = String.fromCharCode(27)
/** Colours and weights, and nothing else that an escape sequence can say. */
const style = new RegExp(`(${escape}\\[[\\d;:]*m)`)

const unsafe = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu

export function plain(text: string): string {
  return text.replace(unsafe, '\u{fffd}')
}

/** One line of a log: its tabs stay, and, on a terminal that shows them, its colours. */
export function logLine(text: string, hasColours: boolean): string {
  const parts = text.replace(/\r?\n?$/, '').split(style)
  const shown = parts.map((part, index) => index % 2 === 1 ? (hasColours ? part : '') : part.split('\t').map(plain).join('\t')).join('')
  return hasColours && parts.length > 1 ? `${shown}${escape}[0m` : shown
}
