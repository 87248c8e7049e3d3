import type { LogEntry } from '../../../stores/logBuffer.ts'

export interface LogFilter {
  /** Lower or upper case does not matter. */
  search: string
  errorsOnly: boolean
}

export function filterLog(entries: readonly LogEntry[], { search, errorsOnly }: LogFilter): readonly LogEntry[] {
  const wanted = search.trim().toLowerCase()
  if (wanted === '' && !errorsOnly) return entries
  return entries.filter((entry) => (!errorsOnly || entry.source === 'stderr') && (wanted === '' || entry.text.toLowerCase().includes(wanted)))
}

/** Which rows to draw: those on screen and a few around them. Rows are all of one height. */
export function visibleRange(scrollPx: number, heightPx: number, rowPx: number, count: number): { first: number; end: number } {
  const margin = 10
  const first = Math.max(0, Math.min(count, Math.floor(scrollPx / rowPx) - margin))
  return { first, end: Math.min(count, Math.ceil((scrollPx + heightPx) / rowPx) + margin) }
}

/** A log as a file of text: `time service#copy text`, one line each. */
export function logAsText(entries: readonly LogEntry[]): string {
  return entries.map((entry) => `${new Date(entry.atMs).toISOString()} ${entry.service}#${entry.replica + 1} ${entry.text}`).join('\n')
}
