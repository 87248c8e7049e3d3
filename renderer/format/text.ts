/**
 * Text that comes from other computers and from engines. It is shown as text, no longer than it needs to be, and cannot
 * change the direction of what stands around it.
 */

const firstStrongIsolate = '\u2068'
const popDirectionalIsolate = '\u2069'
/** Marks that turn the direction of text, and control characters: they have no place in a name or a message. */
const unprintable = /(?![\t\n])[\p{Cc}\p{Bidi_Control}]/gu

/** At most `maxLength` characters, without control and direction marks. */
export function tame(text: string, maxLength: number): string {
  const clean = text.replace(unprintable, '')
  return clean.length <= maxLength ? clean : `${clean.slice(0, maxLength - 1)}…`
}

/** For sentences made of plain strings; elements use `<Outside>`. */
export function isolate(text: string, maxLength = 80): string {
  return `${firstStrongIsolate}${tame(text, maxLength)}${popDirectionalIsolate}`
}
