import { quote } from '../notes.ts'
import { type Field, get, itemsOf, textOf } from '../tree.ts'
import { say, type ServiceContext } from './context.ts'

interface PortSpec {
  /** Ports inside the app. */
  ports: number[]
  protocol: string
  /** Asks for a port of the computer as well. */
  published: boolean
}

const maxPorts = 128

/** TCP ports that `forward` may open, from `ports` and `expose`. */
export function readPorts(context: ServiceContext): number[] {
  const ports = new Set<number>()
  let published: { field: Field, port: number } | undefined
  for (const field of [...itemsOf(get(context.service, 'ports')), ...itemsOf(get(context.service, 'expose'))]) {
    const spec = parseItem(field)
    if (spec === undefined) {
      context.notes.error(field, `${quote(textOf(field) ?? textOf(get(field, 'target')) ?? '')} is not a port. Write it like "8080:80", the port of the app last, in quotes. A part is empty when a variable in it is not set.`)
      continue
    }
    if (spec.protocol !== 'tcp') {
      say(context, 'ports.not-tcp', field, { port: `${spec.ports.slice(0, 3).join(', ')} (${quote(spec.protocol)})` })
      continue
    }
    const [first] = spec.ports
    if (spec.published && published === undefined && first !== undefined) published = { field, port: first }
    for (const port of spec.ports) ports.add(port)
  }
  if (published !== undefined) say(context, 'ports.published', get(context.service, 'ports') ?? published.field, { service: context.name, port: String(published.port) })
  if (ports.size > maxPorts) context.notes.error(get(context.service, 'ports') ?? context.service, `The service has ${ports.size} ports; at most ${maxPorts} can be reached.`)
  return [...ports].slice(0, maxPorts)
}

function parseItem(field: Field): PortSpec | undefined {
  const short = textOf(field)
  if (short !== undefined) return parsePort(short)
  const target = parsePort(textOf(get(field, 'target')) ?? '')
  const protocol = textOf(get(field, 'protocol'))?.toLowerCase() ?? 'tcp'
  return target === undefined ? undefined : { ...target, protocol, published: get(field, 'published') !== undefined }
}

/** `[[ADDRESS:]PUBLISHED:]PORTS[/PROTOCOL]`, each a number or a range; undefined when it is not that. */
export function parsePort(text: string): PortSpec | undefined {
  const match = /^(?:(?:(?<address>\[[0-9a-f:.%]+\]|[0-9.]+|[a-z0-9.-]*[a-z][a-z0-9.-]*|):)?(?<published>\d*(?:-\d+)?):)?(?<from>\d{1,5})(?:-(?<to>\d{1,5}))?(?:\/(?<protocol>[a-z]+))?$/i.exec(text.trim())
  const { from, to, published, protocol } = match?.groups ?? {}
  if (from === undefined) return undefined
  const first = Number(from)
  const last = Number(to ?? from)
  if (first < 1 || last > 65535 || last < first) return undefined
  const ports = Array.from({ length: Math.min(last - first, maxPorts) + 1 }, (_, index) => first + index)
  return { ports, protocol: protocol?.toLowerCase() ?? 'tcp', published: published !== undefined }
}
