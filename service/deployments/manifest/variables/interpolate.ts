/**
 * `$NAME`, `${NAME}` and their forms with a default, a replacement or a demand, as compose fills them in:
 *
 *     $$              a dollar sign
 *     ${A:-d} ${A-d}  d when A is unset or empty · when A is unset
 *     ${A:+r} ${A+r}  r when A is set and not empty · when A is set
 *     ${A:?e} ${A?e}  stop, and say e, when A is unset or empty · when A is unset
 *
 * d, r and e may hold variables themselves. A dollar sign before anything else is a dollar sign.
 */
import { bounds } from '../limits.ts'
import { quote } from '../notes.ts'
import type { Lookup } from '../tree.ts'

/** How much text variables may still make; shared by all files of a project. */
export interface TextBudget { chars: number }

export interface Interpolation {
  lookup: Lookup
  budget: TextBudget
  /** A variable without a value and without a default became nothing. */
  onUnset(name: string): void
  /** The text cannot be filled in, or must not be. */
  onError(message: string): void
}

/** `text` with its variables filled in. Where that fails, `onError` says why and the text stays as far as it got. */
export function interpolate(text: string, interpolation: Interpolation): string {
  return text.includes('$') ? fill(text, interpolation, 0) : text
}

/** `$$`, `$NAME`, or `${` and whatever follows; sticky, so that it looks at one place only. */
const reference = /\$(?:(?<escaped>\$)|(?<name>[a-z_][a-z0-9_]*)|(?<open>\{))/iy
const inBraces = /^(?<name>[a-z_][a-z0-9_]*)(?:(?<operator>:?[-+?])(?<word>.*))?$/is

function fill(text: string, interpolation: Interpolation, depth: number): string {
  if (depth > bounds.nesting) {
    interpolation.onError('Variables are nested too deeply here.')
    return ''
  }
  const parts: string[] = []
  let from = 0
  for (let at = text.indexOf('$'); at !== -1; at = text.indexOf('$', from)) {
    parts.push(text.slice(from, at))
    reference.lastIndex = at
    const match = reference.exec(text)?.groups
    const end = match?.['open'] === undefined ? Math.max(reference.lastIndex, at + 1) : closingBrace(text, at + 2) + 1
    if (match === undefined) parts.push('$')
    else if (match['escaped'] !== undefined) parts.push('$')
    else if (match['name'] !== undefined) parts.push(value(match['name'], interpolation))
    else if (end === 0) {
      interpolation.onError(`The braces of ${quote(text.slice(at))} are not closed. Write $$ if you mean a dollar sign.`)
      return parts.join('')
    } else parts.push(braced(text.slice(at + 2, end - 1), interpolation, depth))
    from = end
  }
  parts.push(text.slice(from))
  const filled = parts.join('')
  interpolation.budget.chars -= filled.length
  if (interpolation.budget.chars >= 0) return filled
  interpolation.onError('The variables expand to more text than an app can have.')
  return ''
}

function braced(content: string, interpolation: Interpolation, depth: number): string {
  const { name, operator, word } = inBraces.exec(content)?.groups ?? {}
  if (name === undefined) {
    interpolation.onError(`${quote(`\${${content}}`)} is not a variable compose knows. Write $$ if you mean a dollar sign.`)
    return ''
  }
  if (operator === undefined) return value(name, interpolation)
  const found = interpolation.lookup(name)
  const there = found !== undefined && !(operator.startsWith(':') && found === '')
  const alternative = () => fill(word ?? '', interpolation, depth + 1)
  switch (operator.at(-1)) {
    case '-': return there ? found : alternative()
    case '+': return there ? alternative() : found ?? ''
    default: {
      if (there) return found
      const demand = alternative().trim()
      interpolation.onError(`The variable ${name} must have a value${demand === '' ? '' : `: ${quote(demand)}`}. Set it in your environment or in a file named .env beside the compose file.`)
      return ''
    }
  }
}

function value(name: string, interpolation: Interpolation): string {
  const found = interpolation.lookup(name)
  if (found === undefined) interpolation.onUnset(name)
  return found ?? ''
}

/** Where the brace that was opened before `from` closes, or -1. */
function closingBrace(text: string, from: number): number {
  let open = 1
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '{') open += 1
    if (text[at] === '}') open -= 1
    if (open === 0) return at
  }
  return -1
}
