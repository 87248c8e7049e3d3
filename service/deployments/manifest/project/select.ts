import { listed, type Notes, quote } from '../notes.ts'
import { raise } from '../support/judge.ts'
import { dig, entriesOf, type Field, get, itemsOf, type Lookup, type Mapping, rootField, textOf } from '../tree.ts'
import { withEntry, without } from './merge.ts'

export interface Selection {
  /** The project without the services that are left out. */
  project: Mapping
  /** Those, and why: their profile is not active, or they ask for no copies of themselves. */
  leftOut: ReadonlyMap<string, 'profile' | 'copies'>
}

/** Leaves out services whose profiles are not active, and those that ask for no copies. */
export function selectServices(project: Mapping, lookup: Lookup, notes: Notes): Selection {
  const services = get(rootField(project), 'services')
  if (services?.node.kind !== 'mapping') return { project, leftOut: new Map() }
  const leftOut = new Map<string, 'profile' | 'copies'>()
  for (const [name, service] of entriesOf(services)) {
    if (!isActive(service, lookup, notes)) leftOut.set(name, 'profile')
    else if (!wantsToRun(service, notes)) leftOut.set(name, 'copies')
  }
  const kept = without(services.node, ...leftOut.keys())
  return { project: withEntry(project, 'services', { place: services.place, value: kept }), leftOut }
}

function isActive(service: Field, lookup: Lookup, notes: Notes): boolean {
  const field = get(service, 'profiles')
  const profiles = itemsOf(field).map((profile) => textOf(profile) ?? '')
  if (field === undefined || profiles.length === 0) return true
  const active = (lookup('COMPOSE_PROFILES') ?? '').split(',').map((profile) => profile.trim())
  if (active.includes('*') || profiles.some((profile) => active.includes(profile))) return true
  const words = profiles.slice(0, 5).map(quote)
  raise(notes, 'profile.inactive', field, { profiles: `the profile${words.length === 1 ? '' : 's'} ${listed(words)}` })
  return false
}

function wantsToRun(service: Field, notes: Notes): boolean {
  const replicas = get(service, 'scale') ?? dig(service, 'deploy', 'replicas')
  if (replicas === undefined || textOf(replicas) !== '0') return true
  raise(notes, 'replicas.none', replicas)
  return false
}
