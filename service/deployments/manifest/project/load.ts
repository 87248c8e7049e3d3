/** One compose file, from its bytes to values with their variables filled in. */
import { bounds } from '../limits.ts'
import { type About, quote } from '../notes.ts'
import { checkSchema } from '../schema/validate.ts'
import { entriesOf, type Field, get, mapping, type Mapping, rootField, type Source } from '../tree.ts'
import { parseYaml } from '../yaml/parse.ts'
import { readText, type Reading } from './reading.ts'
import { dropEmpty, dropReset, fillIn } from './tidy.ts'

/** Null when the file cannot be read; then the notes say why, about `about`. */
export function loadFile(reading: Reading, source: Source, about: About): Mapping | null {
  const { notes, budget, files } = reading
  if (!files.has(source.path)) {
    files.need(source.path)
    notes.error(about, files.whyNotSent(source.path) ?? `The file ${quote(source.path)} was not found in the project folder.`)
    return null
  }
  reading.loaded.add(source.path)
  budget.composeFiles -= 1
  if (budget.composeFiles < 0) {
    notes.error(about, `More than ${bounds.composeFiles} compose files belong to this project.`)
    return null
  }
  const text = readText(reading, source.path, bounds.yamlBytes, about)
  const root = text === undefined ? null : parseYaml(text, source, notes, budget)
  if (root === null) return null
  if (root.kind !== 'mapping') {
    notes.error({ key: '', place: root.place }, root.kind === 'scalar' && root.value === null ? 'The file is empty.' : 'This is not a compose file: it must begin with keys such as `services:`.')
    return null
  }
  return dropEmpty(fillIn(root, reading))
}

/** Checks a whole file. */
export function checkFile(reading: Reading, file: Mapping): void {
  const root = rootField(file)
  const orphans = entriesOf(root).filter(([, child]) => looksLikeService(child))
  if (get(root, 'services') === undefined && orphans.length > 0) {
    for (const [name, child] of orphans) reading.notes.error(child, `The service ${quote(name)} is not under \`services:\`. Put a line \`services:\` above all services and indent them below it.`)
    reading.misshapen = true
  } else if (!checkSchema(dropReset(file), reading.notes)) reading.misshapen = true
}

/** Checks one service of a file that is otherwise not used. */
export function checkService(reading: Reading, service: Field, name: string): void {
  const place = service.node.place
  const services = mapping(new Map([[name, { place: service.place, value: service.node }]]), place)
  if (!checkSchema(dropReset(mapping(new Map([['services', { place, value: services }]]), place)), reading.notes)) reading.misshapen = true
}

function looksLikeService(field: Field): boolean {
  return get(field, 'image') !== undefined || get(field, 'build') !== undefined
}
