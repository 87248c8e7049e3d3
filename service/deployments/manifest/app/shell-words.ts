/**
 * Splits a command written as one text into words, as compose does: quotes and backslashes as in a shell, but no
 * variables, no patterns, and an end before the first sign that only a shell could act on.
 */
export interface ShellWords {
  words: string[]
  /** The sign the command was cut at, or null. */
  cutAt: string | null
}

/** One piece of a word, or what ends a word. `…` and $(…) stay as they are: nothing here would run them. */
const piece = new RegExp([
  '(?<space>[ \\t\\r\\n]+)',
  '\'(?<single>[^\']*)\'',
  '"(?<double>(?:[^"\\\\]|\\\\[^])*)"',
  '(?<kept>`(?:[^`\\\\]|\\\\[^])*`|\\$\\((?:[^)\\\\]|\\\\[^])*\\))',
  '\\\\(?<escaped>[^])',
  '(?<sign>[;&|<>])',
  '(?<plain>[^ \\t\\r\\n\'"`\\\\;&|<>()$]+|\\$(?!\\())',
].join('|'), 'y')

/** Null when a quote or a bracket is left open. */
export function splitWords(text: string): ShellWords | null {
  const words: string[] = []
  let word: string | undefined
  piece.lastIndex = 0
  while (piece.lastIndex < text.length) {
    const found = piece.exec(text)?.groups
    if (found === undefined) return null
    if (found['sign'] !== undefined) {
      // In `2>file` the number belongs to the sign.
      const ownsWord = found['sign'] === '>' && /^\d/.test(word ?? '')
      return { words: word === undefined || ownsWord ? words : [...words, word], cutAt: found['sign'] }
    }
    if (found['space'] === undefined) word = (word ?? '') + pieceText(found)
    else if (word !== undefined) {
      words.push(word)
      word = undefined
    }
  }
  return { words: word === undefined ? words : [...words, word], cutAt: null }
}

function pieceText(found: Record<string, string | undefined>): string {
  const escaped = found['escaped']
  if (escaped !== undefined) return escapedText(escaped)
  const double = found['double']?.replace(/\\([^])/g, (_, char: string) => escapedText(char))
  return found['single'] ?? double ?? found['kept'] ?? found['plain'] ?? ''
}

function escapedText(char: string): string {
  return { t: '\t', n: '\n' }[char] ?? char
}
