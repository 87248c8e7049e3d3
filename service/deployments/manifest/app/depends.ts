import type { AppService, Dependency } from '../../../../contract/wire/v1/app.ts'
import { type Notes, listed, quote } from '../notes.ts'
import { byName } from '../project/merge.ts'
import { entriesOf, type Field, get, isTrue, itemsOf, textOf } from '../tree.ts'
import type { Selection } from '../project/select.ts'
import type { ServiceContext } from './context.ts'

const conditions: Record<string, Dependency['condition']> = {
  service_started: 'started', service_healthy: 'healthy', service_completed_successfully: 'completed',
}

/** What must have started before: `depends_on`, and what `links` names. */
export function readDependencies(context: ServiceContext, leftOut: Selection['leftOut']): Dependency[] {
  const found = new Map<string, Dependency>()
  const add = (name: string, about: Field, condition: Dependency['condition'], required: boolean): void => {
    const service = context.names.get(name)
    if (service !== undefined && service !== context.name) found.set(service, { service, condition, required })
    else if (service !== undefined) context.notes.error(about, 'The service waits for itself.')
    else if (leftOut.get(name) === undefined) context.notes.error(about, `There is no service ${quote(name)} to wait for.`)
    else if (required && leftOut.get(name) === 'profile') context.notes.error(about, `The service ${quote(name)} has to start first, and is left out. Set COMPOSE_PROFILES to include it, or write \`required: false\` for it.`)
  }
  for (const link of itemsOf(get(context.service, 'links'))) add(linkOf(link).service, link, 'started', true)
  const field = get(context.service, 'depends_on')
  const named = field?.node.kind === 'sequence' ? { ...field, node: byName(field.node, 'names') } : field
  for (const [name, about] of entriesOf(named)) {
    const required = get(about, 'required')
    add(name, about, conditions[textOf(get(about, 'condition')) ?? 'service_started'] ?? 'started', required === undefined || isTrue(required.node))
  }
  return [...found.values()]
}

/** `service:alias`. */
export function linkOf(field: Field): { service: string, alias: string | undefined } {
  const [service = '', alias] = (textOf(field) ?? '').split(':')
  return { service, alias }
}

/** Services that wait for each other in a ring never start. */
export function checkCycles(services: readonly AppService[], about: (name: string) => Field, notes: Notes): void {
  const waitsFor = new Map(services.map((service) => [service.name, service.dependsOn.map((dependency) => dependency.service)]))
  const done = new Set<string>()
  const visit = (name: string, path: readonly string[]): void => {
    if (path.includes(name)) {
      const ring = [...path.slice(path.indexOf(name)), name].map(quote)
      notes.error(get(about(name), 'depends_on') ?? about(name), `These services wait for each other, so none can start: ${listed(ring)}.`)
      done.add(name)
    }
    if (done.has(name)) return
    for (const next of waitsFor.get(name) ?? []) visit(next, [...path, name])
    done.add(name)
  }
  for (const name of waitsFor.keys()) visit(name, [])
}
