/**
 * A compose file as values that know where they are written. Anchors, `extends` and `include` move values about; each
 * keeps its place, so a note names the line somebody has to change.
 */
import type { About, Place } from './notes.ts'

/** One file being read. */
export interface Source {
  readonly path: string
  /** The folder that relative paths in it start from, relative to the project folder; '' is the project folder. */
  readonly dir: string
  /** The variables it sees. */
  readonly lookup: Lookup
}

/** The value of a variable; undefined when it is not set. */
export type Lookup = (name: string) => string | undefined

export interface Written extends Place {
  readonly source: Source
}

interface Base {
  readonly place: Written
  /** Values in here, counting shared ones as often as they appear. */
  readonly size: number
  /** `!reset` takes away what an override would add to; `!override` replaces it. */
  readonly tag?: 'reset' | 'override'
}

export interface Scalar extends Base {
  readonly kind: 'scalar'
  readonly value: string | number | boolean | null
  /** The value as compose would print it; '' for null. */
  readonly text: string
}

export interface Mapping extends Base {
  readonly kind: 'mapping'
  readonly entries: ReadonlyMap<string, Entry>
}

export interface Entry {
  /** Where the key is. */
  readonly place: Written
  readonly value: Node
}

export interface Sequence extends Base {
  readonly kind: 'sequence'
  readonly items: readonly Node[]
}

export type Node = Scalar | Mapping | Sequence

export function scalar(value: Scalar['value'], place: Written): Scalar {
  return { kind: 'scalar', value, text: value === null ? '' : String(value), place, size: 1 }
}

export function mapping(entries: ReadonlyMap<string, Entry>, place: Written): Mapping {
  let size = 1
  for (const entry of entries.values()) size += entry.value.size
  return { kind: 'mapping', entries, place, size }
}

export function sequence(items: readonly Node[], place: Written): Sequence {
  return { kind: 'sequence', items, place, size: items.reduce((sum, item) => sum + item.size, 1) }
}

/** A value with the name it goes by: what readers hold while they look at a file. */
export interface Field extends About {
  readonly node: Node
  readonly place: Written
}

export function rootField(node: Mapping): Field {
  return { node, key: '', place: node.place }
}

/** The value under `name`; undefined when there is none, or `of` is no mapping. */
export function get(of: Field | undefined, name: string): Field | undefined {
  const entry = of?.node.kind === 'mapping' ? of.node.entries.get(name) : undefined
  return of === undefined || entry === undefined ? undefined : entryField(of, name, entry)
}

/** As `get`, several levels down. */
export function dig(of: Field | undefined, ...names: string[]): Field | undefined {
  return names.reduce(get, of)
}

/** All values of a mapping; none for anything else. */
export function entriesOf(of: Field | undefined): [name: string, field: Field][] {
  if (of?.node.kind !== 'mapping') return []
  return [...of.node.entries].map(([name, entry]) => [name, entryField(of, name, entry)])
}

/** All items of a list; a single value counts as a list of one, as compose has it in many places. */
export function itemsOf(of: Field | undefined): Field[] {
  if (of === undefined || of.node.kind === 'mapping') return []
  if (of.node.kind === 'scalar') return of.node.value === null ? [] : [of]
  return of.node.items.map((node, index) => ({ node, key: `${of.key}[${index}]`, place: node.place }))
}

/** One item of a list; undefined when there is none. */
export function itemAt(of: Field | undefined, index: number): Field | undefined {
  const node = of?.node.kind === 'sequence' ? of.node.items[index] : undefined
  return of === undefined || node === undefined ? undefined : { node, key: `${of.key}[${index}]`, place: node.place }
}

/** The text of a single value; undefined for null, lists, mappings and nothing at all. */
export function textOf(of: Field | undefined): string | undefined {
  return of?.node.kind === 'scalar' && of.node.value !== null ? of.node.text : undefined
}

/** Yes and no as compose takes them: also as text, which variables always are. */
export function isTrue(node: Node | undefined): boolean {
  return node?.kind === 'scalar' && /^(true|yes|y|on)$/i.test(node.text)
}

function entryField(of: Field, name: string, entry: Entry): Field {
  return { node: entry.value, key: of.key === '' ? name : `${of.key}.${name}`, place: entry.place }
}

/** The value as plain data. Own properties only, so that a key named `__proto__` is a key. */
export function toPlain(node: Node): unknown {
  switch (node.kind) {
    case 'scalar': return node.value
    case 'sequence': return node.items.map(toPlain)
    case 'mapping': return Object.fromEntries([...node.entries].map(([name, entry]) => [name, toPlain(entry.value)]))
  }
}
