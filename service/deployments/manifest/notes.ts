import type { ManifestNote } from '../../../contract/nouns/deployment.ts'
import { bounds } from './limits.ts'

/** A line of one of the files, from 1. */
export interface Place {
  readonly file: string
  readonly line: number
}

/** What a note is about. */
export interface About {
  /** As `services.web.ports[0]`; empty for a whole file. */
  readonly key: string
  readonly place: Place
}

/**
 * Collects what there is to say. One thing written once and used by ten services (an anchor, an `extends`) is said once;
 * more than anybody reads is counted, not kept.
 */
export class Notes {
  readonly #warnings = new NoteList()
  readonly #errors = new NoteList()

  /** Something keeps the file from running. */
  error(about: About, message: string): void {
    this.#errors.add(about, message)
  }

  /** The file runs, though not in every way as written. */
  warn(about: About, message: string): void {
    this.#warnings.add(about, message)
  }

  get failed(): boolean {
    return !this.#errors.isEmpty
  }

  report(): { warnings: ManifestNote[], errors: ManifestNote[] } {
    return { warnings: this.#warnings.sorted(), errors: this.#errors.sorted() }
  }
}

class NoteList {
  readonly #notes: ManifestNote[] = []
  readonly #seen = new Set<string>()
  #unsaid = 0

  get isEmpty(): boolean {
    return this.#notes.length === 0
  }

  add(about: About, message: string): void {
    const { file, line } = about.place
    const said = printable(message)
    const identity = `${file}\n${line}\n${said}`
    if (this.#seen.has(identity)) return
    if (this.#notes.length >= bounds.notes) {
      this.#unsaid += 1
      return
    }
    this.#seen.add(identity)
    this.#notes.push({ file, line, key: shorten(printable(about.key), 200), message: said })
  }

  /** Top to bottom, file by file as they were first spoken of. */
  sorted(): ManifestNote[] {
    const files = [...new Set(this.#notes.map((note) => note.file))]
    const notes = files.flatMap((file) => this.#notes.filter((note) => note.file === file).sort((a, b) => a.line - b.line))
    const last = notes.at(-1)
    return last === undefined || this.#unsaid === 0 ? notes : [...notes, { ...last, message: `There is more to say: ${this.#unsaid} further notes are left out.` }]
  }
}

/** Somebody's text inside a sentence: short, and nothing in it that a terminal or a reader could mistake for ours. */
export function quote(text: string): string {
  return `“${shorten(printable(text), 80)}”`
}

/** `a, b and c`. */
export function listed(items: readonly string[], word: 'and' | 'or' = 'and'): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} ${word} ${items.at(-1) ?? ''}`
}

function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ').trim()
}

function shorten(text: string, maxChars: number): string {
  return text.length <= maxChars ? text : `${text.slice(0, maxChars - 1)}…`
}
