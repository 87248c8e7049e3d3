import { quote } from '../notes.ts'
import { entriesOf, type Field, get, itemsOf, textOf } from '../tree.ts'
import { linkOf } from './depends.ts'
import { type BuildContext, say, type ServiceContext } from './context.ts'

const maxAliases = 32

/** Every name the service is reached by besides its own. */
export function readAliases(context: ServiceContext): string[] {
  const names = [
    context.written,
    textOf(get(context.service, 'container_name')),
    ...entriesOf(get(context.service, 'networks')).flatMap(([, network]) => itemsOf(get(network, 'aliases')).map((alias) => textOf(alias))),
    ...linkedAs(context),
  ]
  const usable = names.filter((name): name is string => name !== undefined && /^[a-z0-9]([a-z0-9_.-]{0,251}[a-z0-9])?$/i.test(name))
  return [...new Set(usable)].filter((name) => name !== context.name).slice(0, maxAliases)
}

/** What other services call this one in their `links`. */
function linkedAs(context: ServiceContext): (string | undefined)[] {
  return entriesOf(get(context.project, 'services'))
    .flatMap(([, service]) => itemsOf(get(service, 'links')).map(linkOf))
    .filter(({ service }) => service === context.written)
    .map(({ alias }) => alias)
}

export function readHostname(context: ServiceContext): string | null {
  const field = get(context.service, 'hostname')
  // Engines on one's own computer take underscores, which host names do not have.
  const name = textOf(field)?.trim().replaceAll('_', '-') ?? ''
  if (field === undefined || name === '') return null
  if (/^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/i.test(name)) return name
  context.notes.error(field, `${quote(name)} is not a host name: it has letters, digits, dots and dashes, and at most 63 of them. A part is empty when a variable in it is not set.`)
  return null
}

/** The file keeps services apart; here they are together. */
export function sayNetworks(context: BuildContext, services: readonly Field[]): void {
  const used = new Set(services.flatMap((service) => {
    const networks = get(service, 'networks')
    const names = networks?.node.kind === 'mapping' ? entriesOf(networks).map(([name]) => name) : itemsOf(networks).map((item) => textOf(item) ?? '')
    return names.length === 0 ? ['default'] : names
  }))
  const about = get(context.project, 'networks')
  if (used.size > 1 && about !== undefined) say(context, 'networks.several', about)
}
