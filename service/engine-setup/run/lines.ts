import type { Readable } from 'node:stream'

/** One line that is shown is no longer than this. */
const maxLineLength = 500

export interface LineOptions {
  maxBytes: number
  onLine?: ((line: string) => void) | undefined
}

/**
 * Reads what streams print: line by line to `onLine`, and whole, up to a limit, from the function returned. A line that
 * a program writes over itself with carriage returns, as progress bars do, is told each time.
 */
export function readLines(streams: readonly Readable[], options: LineOptions): () => string {
  let text = ''
  for (const stream of streams) {
    stream.setEncoding('utf8')
    let rest = ''
    stream.on('data', (chunk: string) => {
      if (text.length < options.maxBytes) text += chunk.slice(0, options.maxBytes - text.length)
      const lines = `${rest}${chunk}`.split(/[\r\n]+/)
      rest = (lines.pop() ?? '').slice(-maxLineLength)
      for (const line of lines) tell(line, options)
    })
    stream.once('end', () => tell(rest, options))
    // a pipe that breaks is the program's end, which its exit tells
    stream.on('error', () => undefined)
  }
  return () => text
}

function tell(line: string, { onLine }: LineOptions): void {
  if (line.trim() !== '') onLine?.(line.slice(0, maxLineLength))
}
