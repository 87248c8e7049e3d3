import { interpolate } from '../variables/interpolate.ts'
import { entriesOf, type Field, itemsOf, mapping, type Mapping, type Node, rootField, scalar, sequence } from '../tree.ts'
import type { Reading } from './reading.ts'

/** The file with its variables filled in. Values that aliases share stay shared. */
export function fillIn(file: Mapping, reading: Reading): Mapping {
  const filled = new Map<Node, Node>()
  const fill = (field: Field): Node => {
    const known = filled.get(field.node)
    if (known !== undefined) return known
    const node = { ...fillNode(field), ...field.node.tag !== undefined && { tag: field.node.tag } }
    filled.set(field.node, node)
    return node
  }
  const fillNode = (field: Field): Node => {
    const { node } = field
    switch (node.kind) {
      case 'mapping': return mapping(new Map(entriesOf(field).map(([name, child]) => [name, { place: child.place, value: fill(child) }])), node.place)
      case 'sequence': return sequence(itemsOf(field).map(fill), node.place)
      case 'scalar': return typeof node.value === 'string' ? scalar(fillText(node.value, field, reading), node.place) : node
    }
  }
  const root = fill(rootField(file))
  return root.kind === 'mapping' ? root : file
}

function fillText(text: string, field: Field, reading: Reading): string {
  return interpolate(text, {
    lookup: field.place.source.lookup,
    budget: reading.budget,
    onUnset: (name) => {
      if (reading.unset.has(name)) return
      reading.unset.add(name)
      reading.notes.warn(field, `The variable ${name} is not set, so nothing stands in its place. Set it in your environment or in .env.`)
    },
    onError: (message) => reading.notes.error(field, message),
  })
}

/** Keys below which a line with nothing after its colon says nothing, at any depth. */
const emptyMeansAbsent = new Set(['deploy', 'healthcheck', 'logging', 'build'])

/** Takes out what says nothing: lines left empty (`ports:` with all its items commented out), and `version`. */
export function dropEmpty(file: Mapping): Mapping {
  return keep(file, (name, node) => {
    if (name === 'version' || isEmpty(node)) return undefined
    if (name !== 'services' || node.kind !== 'mapping') return node
    return keep(node, (_, service) => service.kind === 'mapping' ? keep(service, dropInService) : service)
  })
}

function dropInService(name: string, node: Node): Node | undefined {
  if (isEmpty(node)) return undefined
  return emptyMeansAbsent.has(name) ? dropDeep(node) : node
}

function dropDeep(node: Node): Node {
  return node.kind === 'mapping' ? keep(node, (_, value) => isEmpty(value) ? undefined : dropDeep(value)) : node
}

/** Takes out what a `!reset` without anything below it has left over. */
export function dropReset(file: Mapping): Mapping {
  return keep(file, (_, node) => {
    if (node.tag === 'reset') return undefined
    return node.kind === 'mapping' ? dropReset(node) : node
  })
}

function keep(node: Mapping, change: (name: string, value: Node) => Node | undefined): Mapping {
  const kept = [...node.entries].flatMap(([name, entry]) => {
    const value = change(name, entry.value)
    return value === undefined ? [] : [[name, { place: entry.place, value }] as const]
  })
  return { ...mapping(new Map(kept), node.place), ...node.tag !== undefined && { tag: node.tag } }
}

function isEmpty(node: Node): boolean {
  return node.kind === 'scalar' && node.value === null && node.tag === undefined
}
