import { folderOf, resolvePath } from '../files.ts'
import { bounds } from '../limits.ts'
import { quote } from '../notes.ts'
import { type Entry, entriesOf, type Field, get, mapping, type Mapping, rootField, type Source, textOf } from '../tree.ts'
import { checkService, loadFile } from './load.ts'
import { mergeMappings, withEntry, without } from './merge.ts'
import type { Reading } from './reading.ts'

/** The project with every `extends` carried out. */
export function extendServices(project: Mapping, reading: Reading): Mapping {
  const services = get(rootField(project), 'services')
  if (services?.node.kind !== 'mapping') return project
  const extension = new Extension(reading)
  const entries = entriesOf(services).map(([name, service]): [string, Entry] => [name, { place: service.place, value: extension.resolve(service, services, []) }])
  const extended = mapping(new Map(entries), services.node.place)
  return withEntry(project, 'services', { place: services.place, value: extended })
}

class Extension {
  readonly #reading: Reading
  /** Files that services are taken from, by path: one file often serves all. */
  readonly #files = new Map<string, Mapping | null>()

  constructor(reading: Reading) {
    this.#reading = reading
  }

  /** `service` on top of what it extends; `siblings` are the services of its file, `chain` how we came here. */
  resolve(service: Field, siblings: Field, chain: readonly string[]): Field['node'] {
    const { notes, budget } = this.#reading
    const reference = get(service, 'extends')
    if (service.node.kind !== 'mapping' || reference === undefined) return service.node
    const own = without(service.node, 'extends')
    const step = `${service.place.file}\n${service.key}`
    if (chain.includes(step) || chain.length >= bounds.nesting) {
      notes.error(reference, 'This service extends itself, by way of the others it extends.')
      return own
    }
    const found = this.#find(reference, siblings)
    if (found === undefined) return own
    const base = this.resolve(found.service, found.siblings, [...chain, step])
    if (base.kind !== 'mapping') return own
    const merged = mergeMappings(base, own, ['services', ''])
    budget.values -= merged.size
    if (budget.values >= 0) return merged
    notes.error(reference, `The project comes to more than ${bounds.values} values once every \`extends\` is carried out.`)
    return own
  }

  #find(reference: Field, siblings: Field): { service: Field, siblings: Field } | undefined {
    const name = textOf(reference) ?? textOf(get(reference, 'service'))
    const file = get(reference, 'file')
    const services = file === undefined ? siblings : this.#servicesOf(file)
    if (services === undefined || name === undefined) return undefined
    const service = get(services, name)
    if (service === undefined) this.#reading.notes.error(reference, `There is no service ${quote(name)} to extend.`)
    else if (file !== undefined) checkService(this.#reading, service, name)
    return service === undefined ? undefined : { service, siblings: services }
  }

  #servicesOf(file: Field): Field | undefined {
    const { source } = file.place
    const resolved = resolvePath(source.dir, textOf(file) ?? '')
    if (resolved.kind !== 'inside') {
      this.#reading.notes.error(file, `Only files of the project folder can be extended, not ${quote(textOf(file) ?? '')}. Copy it into the project folder.`)
      return undefined
    }
    const known = this.#files.get(resolved.path)
    const base: Source = { path: resolved.path, dir: folderOf(resolved.path), lookup: source.lookup }
    const loaded = known === undefined ? loadFile(this.#reading, base, file) : known
    this.#files.set(resolved.path, loaded)
    return loaded === null ? undefined : get(rootField(loaded), 'services')
  }
}
