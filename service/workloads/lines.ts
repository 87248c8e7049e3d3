/** Longer lines are cut into pieces of this length, characters. */
const maxLineLength = 8_000

export interface TimedLine {
  atMs: number
  text: string
}

/** Puts pieces of output together into whole lines, each with the time its first piece came. Bounded. */
export class LineSplitter {
  #rest = ''
  #restAtMs = 0

  push(text: string, atMs: number): TimedLine[] {
    const lines: TimedLine[] = []
    const parts = text.split('\n')
    const last = parts.pop() ?? ''
    for (const part of parts) lines.push(...this.#complete(part, atMs))
    this.#append(last, atMs)
    while (this.#rest.length > maxLineLength) {
      lines.push({ atMs: this.#restAtMs, text: this.#rest.slice(0, maxLineLength) })
      this.#rest = this.#rest.slice(maxLineLength)
    }
    return lines
  }

  /** What was begun and never ended. */
  end(): TimedLine[] {
    return this.#rest === '' ? [] : this.#complete('', this.#restAtMs)
  }

  #append(text: string, atMs: number): void {
    if (this.#rest === '') this.#restAtMs = atMs
    this.#rest += text
  }

  #complete(part: string, atMs: number): TimedLine[] {
    this.#append(part, atMs)
    const line = this.#rest.replace(/\r$/, '')
    this.#rest = ''
    const pieces: TimedLine[] = []
    for (let at = 0; at === 0 || at < line.length; at += maxLineLength) pieces.push({ atMs: this.#restAtMs, text: line.slice(at, at + maxLineLength) })
    return pieces
  }
}
