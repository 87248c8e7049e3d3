import type { ManifestBundle } from '../../../../contract/nouns/deployment.ts'
import { formatSize } from '../../../../contract/units.ts'
import { decodeText, type ProjectFiles } from '../files.ts'
import { bounds } from '../limits.ts'
import { type About, type Notes, quote } from '../notes.ts'
import type { Lookup } from '../tree.ts'
import { parseEnvFile } from '../variables/dotenv.ts'
import type { TextBudget } from '../variables/interpolate.ts'
import type { ValueBudget } from '../yaml/convert.ts'

/** What everybody who reads one project shares. */
export interface Reading {
  readonly files: ProjectFiles
  readonly notes: Notes
  readonly budget: Budget
  /** Variables already reported as unset: one report each is enough. */
  readonly unset: Set<string>
  /** Compose files that were read. */
  readonly loaded: Set<string>
  /** Some file does not have the shape of a compose file: what is in it cannot be relied on. */
  misshapen: boolean
}

export interface Budget extends ValueBudget, TextBudget {
  composeFiles: number
}

export function newBudget(): Budget {
  return { values: bounds.values, chars: bounds.expandedChars, composeFiles: bounds.composeFiles }
}

/** The variables of the client's environment, then those of the `.env` in `dir`. */
export function projectVariables(reading: Reading, bundle: ManifestBundle, dir: string): Lookup {
  const path = dir === '' ? '.env' : `${dir}/.env`
  const environment = new Map(Object.entries(bundle.env))
  const outer: Lookup = (name) => {
    // Wherever the client was when it read the file, what people mean by it is the project folder.
    if (name === 'PWD') return '.'
    const value = environment.get(name)
    if (value === undefined && !reading.files.has(path)) reading.files.wish(path)
    return value
  }
  const withFile = reading.files.has(path) ? variablesFrom(reading, path, outer) : outer
  // Compose always gives the project a name; ours get theirs later.
  return (name) => withFile(name) ?? (name === 'COMPOSE_PROJECT_NAME' ? 'app' : undefined)
}

/** `outer` first, then the variables of a file that is there. */
export function variablesFrom(reading: Reading, path: string, outer: Lookup): Lookup {
  const text = readText(reading, path, bounds.envFileBytes, { key: '', place: { file: path, line: 1 } })
  const { values, problems } = parseEnvFile(text ?? '', outer, reading.budget)
  for (const { line, message } of problems) reading.notes.error({ key: '', place: { file: path, line } }, message)
  return (name) => outer(name) ?? values.get(name)
}

/** The text of a file that is there; undefined, with a note, when it is too large or no text. */
export function readText(reading: Reading, path: string, maxBytes: number, about: About): string | undefined {
  const bytes = reading.files.read(path) ?? new Uint8Array()
  if (bytes.byteLength > maxBytes) {
    reading.notes.error(about, `The file ${quote(path)} is larger than ${formatSize(maxBytes)}.`)
    return undefined
  }
  const text = decodeText(bytes)
  if (text === undefined) reading.notes.error(about, `The file ${quote(path)} is not text in UTF-8. Save it again as UTF-8.`)
  return text
}
