import { formatSize } from '../../../../contract/units.ts'
import { decodeText, resolvePath } from '../files.ts'
import { bounds } from '../limits.ts'
import { fileLines } from '../lines.ts'
import { quote } from '../notes.ts'
import { byName } from '../project/merge.ts'
import { entriesOf, type Field, get, isTrue, type Lookup, textOf } from '../tree.ts'
import { parseEnvFile, parseRawEnvFile } from '../variables/dotenv.ts'
import { say, type ServiceContext } from './context.ts'

/** What the program finds in its environment: the `env_file`s in order, then `environment`. */
export function readEnvironment(context: ServiceContext): Record<string, string> {
  const values = new Map<string, string>()
  for (const file of fileLines(context, get(context.service, 'env_file'))) {
    for (const [name, value] of readEnvFile(context, file)) put(context, values, file, name, value)
  }
  const environment = get(context.service, 'environment')
  const named = environment?.node.kind === 'sequence' ? { ...environment, node: byName(environment.node) } : environment
  for (const [name, field] of entriesOf(named)) {
    const value = textOf(field) ?? field.place.source.lookup(name)
    if (value === undefined) say(context, 'environment.unset', field, { name })
    else put(context, values, field, name, value)
  }
  return Object.fromEntries(values)
}

function put(context: ServiceContext, values: Map<string, string>, about: Field, name: string, value: string): void {
  const wrong = name === '' || name.includes('=') || name.length > 256 || name === '__proto__' || `${name}${value}`.includes('\0')
  if (wrong) context.notes.error(about, `${quote(name)} cannot be the name of a variable with this value.`)
  else if (value.length > 65536) context.notes.error(about, `The value of ${quote(name)} is longer than 64 kB. Put it into a file under \`configs:\`.`)
  else values.set(name, value)
}

function readEnvFile(context: ServiceContext, field: Field): ReadonlyMap<string, string> {
  const pathField = get(field, 'path') ?? field
  const written = textOf(pathField) ?? ''
  const required = get(field, 'required')
  const optional = required !== undefined && !isTrue(required.node)
  const { source } = pathField.place
  const resolved = resolvePath(source.dir, written)
  if (resolved.kind !== 'inside') {
    context.notes.error(field, `The variable file ${quote(written)} is outside the project folder. Copy it into the project folder.`)
    return new Map()
  }
  if (!context.files.has(resolved.path)) {
    const why = context.files.whyNotSent(resolved.path)
    if (optional && why === undefined) context.files.wish(resolved.path)
    else {
      context.files.need(resolved.path)
      context.notes.error(field, why ?? `The variable file ${quote(written)} was not found. Create it, or write \`required: false\` beside its \`path:\` if the app works without.`)
    }
    return new Map()
  }
  return parse(context, field, resolved.path, source.lookup)
}

function parse(context: ServiceContext, field: Field, path: string, lookup: Lookup): ReadonlyMap<string, string> {
  const bytes = context.files.read(path) ?? new Uint8Array()
  const text = bytes.byteLength > bounds.envFileBytes ? undefined : decodeText(bytes)
  if (text === undefined) {
    context.notes.error(field, `The variable file ${quote(path)} is larger than ${formatSize(bounds.envFileBytes)} or not text in UTF-8.`)
    return new Map()
  }
  const raw = textOf(get(field, 'format')) === 'raw'
  const { values, problems } = raw ? parseRawEnvFile(text, lookup, context.budget) : parseEnvFile(text, lookup, context.budget)
  for (const { line, message } of problems) context.notes.error({ key: field.key, place: { file: path, line } }, message)
  return values
}
