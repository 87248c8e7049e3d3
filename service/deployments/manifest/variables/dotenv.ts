/**
 * Files of variables (`.env`, `env_file`), read as compose reads them: `NAME=value` or `NAME: value` per line, `export `
 * before it, comments, values in single quotes (literal) or double quotes (escapes, variables) over several lines, a bare
 * `NAME` that takes its value from outside.
 */
import type { Lookup } from '../tree.ts'
import { interpolate, type TextBudget } from './interpolate.ts'

export interface EnvFileProblem {
  /** From 1. */
  line: number
  message: string
}

export interface EnvFile {
  values: Map<string, string>
  problems: EnvFileProblem[]
}

const tooMuch = 'The variable files of the project come to more text than an app can have.'

/** `lookup` is what `$NAME` in a value and a bare `NAME` find outside; the file's own earlier lines come after it. */
export function parseEnvFile(text: string, lookup: Lookup, budget: TextBudget): EnvFile {
  budget.chars -= text.length
  if (budget.chars < 0) return { values: new Map(), problems: [{ line: 1, message: tooMuch }] }
  return new EnvFileReader(text.replaceAll('\r\n', '\n'), lookup, budget).read()
}

/** As `format: raw` has it: everything after the first `=` is the value. */
export function parseRawEnvFile(text: string, lookup: Lookup, budget: TextBudget): EnvFile {
  budget.chars -= text.length
  if (budget.chars < 0) return { values: new Map(), problems: [{ line: 1, message: tooMuch }] }
  const values = new Map<string, string>()
  for (const line of text.split(/\r?\n/)) {
    const name = /^\s*([^#=\s][^=]*)/.exec(line)?.[1]?.trim()
    if (name === undefined) continue
    const value = line.includes('=') ? line.slice(line.indexOf('=') + 1) : lookup(name)
    if (value !== undefined) values.set(name, value)
  }
  return { values, problems: [] }
}

const blank = /(?:\s+|#[^\n]*)*/y
const assignment = /(?:export[^\S\n]+)?(?<name>[^\n=:]*)(?<sign>[=:\n]|$)[^\S\n]*/y
const escapes: Record<string, string> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '"': '"', '\\': '\\', $: '$$' }

class EnvFileReader {
  readonly #text: string
  readonly #lookup: Lookup
  readonly #budget: TextBudget
  readonly #values = new Map<string, string>()
  readonly #problems: EnvFileProblem[] = []
  #at = 0
  #line = 1

  constructor(text: string, lookup: Lookup, budget: TextBudget) {
    this.#text = text
    this.#lookup = lookup
    this.#budget = budget
  }

  read(): EnvFile {
    this.#skip(blank)
    while (this.#at < this.#text.length) {
      this.#statement()
      this.#skip(blank)
    }
    return { values: this.#values, problems: this.#problems }
  }

  #statement(): void {
    const line = this.#line
    const { name = '', sign } = this.#skip(assignment) ?? {}
    const trimmed = name.trim()
    if (!/^[\p{L}\p{N}_.[\]-]+$/u.test(trimmed)) {
      this.#problems.push({ line, message: 'This line is not of the form NAME=value. Put # before it if it is a comment.' })
      if (sign !== '\n') this.#skip(/[^\n]*/y)
      return
    }
    const value = sign === '=' || sign === ':' ? this.#value(line) : this.#lookup(trimmed)
    if (value !== undefined) this.#values.set(trimmed, value)
  }

  #value(line: number): string {
    const quoteMark = this.#text[this.#at]
    if (quoteMark === '"' || quoteMark === '\'') return this.#quoted(quoteMark, line)
    const rest = this.#skip(/(?<rest>[^\n]*)/y)?.['rest'] ?? ''
    return this.#expand(rest.replace(/ #.*$/s, '').trimEnd(), line)
  }

  #quoted(quoteMark: string, line: number): string {
    const pattern = quoteMark === '"' ? /"(?<inside>(?:[^"\\]|\\.)*)"/sy : /'(?<inside>(?:[^'\\]|\\.)*)'/sy
    const inside = this.#skip(pattern)?.['inside']
    if (inside === undefined) {
      this.#problems.push({ line, message: 'The quote that opens here is not closed.' })
      this.#at = this.#text.length
      return ''
    }
    if (quoteMark === '\'') return inside.replaceAll('\\\'', '\'')
    return this.#expand(inside.replace(/\\(0\d{0,3}|.)/gs, unescape), line)
  }

  #expand(value: string, line: number): string {
    return interpolate(value, {
      lookup: (name) => this.#lookup(name) ?? this.#values.get(name),
      budget: this.#budget,
      onUnset: () => undefined,
      onError: (message) => this.#problems.push({ line, message }),
    })
  }

  /** Moves over what the sticky `pattern` matches here, counting lines. */
  #skip(pattern: RegExp): Record<string, string> | undefined {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#text)
    if (match === null) return undefined
    this.#at += match[0].length
    this.#line += match[0].split('\n').length - 1
    return match.groups ?? {}
  }
}

function unescape(whole: string, code: string): string {
  if (/^0\d+$/.test(code)) return String.fromCharCode(Number.parseInt(code.slice(1), 8) & 0xff)
  return escapes[code] ?? whole
}
