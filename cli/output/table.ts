import { styleText } from 'node:util'
import { plain } from './text.ts'

/** Rows under titles, as wide as what is in them, two spaces apart. Cells are made safe to show. */
export function table(titles: readonly string[], rows: readonly (readonly string[])[], hasColours: boolean): string {
  const safe = rows.map((row) => row.map(plain))
  const widths = titles.map((title, column) => Math.max(title.length, ...safe.map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]): string => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()
  return [heading(line(titles), hasColours), ...safe.map(line)].map((text) => `${text}\n`).join('')
}

/** Names and values, the values in one column. */
export function facts(pairs: readonly (readonly [name: string, value: string])[], hasColours: boolean): string {
  const width = Math.max(...pairs.map(([name]) => name.length))
  return pairs.map(([name, value]) => `${heading(name.padEnd(width), hasColours)}  ${plain(value)}\n`).join('')
}

export function heading(text: string, hasColours: boolean): string {
  return hasColours ? styleText('bold', text, { validateStream: false }) : text
}
