/** All files of a project as one: `include` taken in, then `extends` carried out, as compose does it. */
import { folderOf, resolvePath } from '../files.ts'
import { bounds } from '../limits.ts'
import { fileLines } from '../lines.ts'
import { type About, quote } from '../notes.ts'
import { type Field, get, itemsOf, type Lookup, mapping, type Mapping, rootField, type Source, textOf } from '../tree.ts'
import { extendServices } from './extends.ts'
import { checkFile, loadFile } from './load.ts'
import { mergeMappings, without } from './merge.ts'
import { variablesFrom, type Reading } from './reading.ts'
import { dropReset } from './tidy.ts'

/** Null when the first file cannot be read. */
export function loadProject(reading: Reading, entry: string, lookup: Lookup): Mapping | null {
  const resolved = resolvePath('', entry)
  const path = resolved.kind === 'inside' ? resolved.path : entry
  return loadModel(reading, [{ source: { path, dir: folderOf(path), lookup }, about: { key: '', place: { file: path, line: 1 } } }], [])
}

interface Part {
  source: Source
  /** Where it is named. */
  about: About
}

/** The files of one `include`, or the first file alone: each on top of the ones before it. */
function loadModel(reading: Reading, parts: readonly Part[], chain: readonly string[]): Mapping | null {
  let model: Mapping | null = null
  for (const { source, about } of parts) {
    if (chain.includes(source.path) || chain.length >= bounds.nesting) {
      reading.notes.error(about, `The file ${quote(source.path)} includes itself, by way of the others it includes.`)
      return null
    }
    const file = loadFile(reading, source, about)
    if (file === null) return null
    checkFile(reading, file)
    const whole: Mapping = extendServices(takeIn(reading, file, [...chain, source.path]), reading)
    model = model === null ? whole : mergeMappings(model, whole, [])
  }
  return model === null ? null : dropReset(model)
}

/** `file` with everything it includes beneath it. */
function takeIn(reading: Reading, file: Mapping, chain: readonly string[]): Mapping {
  let beneath = mapping(new Map(), file.place)
  for (const include of fileLines(reading, get(rootField(file), 'include'))) {
    const parts = partsOf(reading, include)
    const model = parts.length === 0 ? null : loadModel(reading, parts, chain)
    if (model !== null) beneath = mergeMappings(beneath, without(model, 'name', 'x-depin'), [])
  }
  return mergeMappings(beneath, without(file, 'include'), [])
}

function partsOf(reading: Reading, include: Field): Part[] {
  const short = textOf(include) !== undefined
  const { source } = include.place
  const paths = short ? [include] : itemsOf(get(include, 'path'))
  const written = paths.flatMap((field) => within(reading, field, source.dir) ?? [])
  const [first] = written
  if (first === undefined || written.length < paths.length) return []
  const given = get(include, 'project_directory')
  const directory = given === undefined ? folderOf(first.path) : within(reading, given, source.dir)?.path
  if (directory === undefined) return []
  const lookup = includedVariables(reading, include, directory)
  return written.map(({ path, field }) => ({ source: { path, dir: directory, lookup }, about: field }))
}

/** The variables around it, then those of the include's own `env_file`, or of the `.env` in its folder. */
function includedVariables(reading: Reading, include: Field, directory: string): Lookup {
  const { source } = include.place
  const named = itemsOf(get(include, 'env_file')).filter((field) => textOf(field) !== '/dev/null')
  if (named.length === 0) {
    const usual = directory === '' ? '.env' : `${directory}/.env`
    if (reading.files.has(usual)) return variablesFrom(reading, usual, source.lookup)
    reading.files.wish(usual)
    const why = reading.files.whyNotSent(usual)
    if (why !== undefined) reading.notes.error(include, why)
    return source.lookup
  }
  return named.reduce((lookup, field) => {
    const file = within(reading, field, source.dir)
    if (file === undefined) return lookup
    if (reading.files.has(file.path)) return variablesFrom(reading, file.path, lookup)
    reading.files.need(file.path)
    reading.notes.error(field, reading.files.whyNotSent(file.path) ?? `The file ${quote(file.path)} was not found in the project folder.`)
    return lookup
  }, source.lookup)
}

function within(reading: Reading, field: Field, dir: string): { path: string, field: Field } | undefined {
  const written = textOf(field) ?? ''
  const resolved = resolvePath(dir, written)
  if (resolved.kind === 'inside') return { path: resolved.path, field }
  reading.notes.error(field, `Only files of the project folder can be included, not ${quote(written)}. Copy it into the project folder.`)
  return undefined
}
