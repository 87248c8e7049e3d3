import { isAlias, isMap, isScalar, isSeq, type ParsedNode, Scalar as YamlScalar } from 'yaml'
import { bounds } from '../limits.ts'
import { type Notes, quote } from '../notes.ts'
import { type Entry, mapping, type Mapping, type Node, scalar, sequence, type Written } from '../tree.ts'
import { resolvePlain } from './scalars.ts'

/** How many values may still be made; shared by all files of a project, so that aliases cannot multiply without end. */
export interface ValueBudget { values: number }

export interface ConvertContext {
  at(offset: number): Written
  notes: Notes
  budget: ValueBudget
}

/** Turns the parser's nodes into ours, in the order they are written: that is what gives an alias its meaning. */
export function convert(root: ParsedNode | null, context: ConvertContext): Node | null {
  return new Conversion(context).run(root)
}

/** `<<` without quotes, or said to be one: `!!merge <<`. */
function isMergeKey(key: ParsedNode): boolean {
  return isScalar(key) && key.source === '<<' && (key.type === YamlScalar.PLAIN || key.tag === 'tag:yaml.org,2002:merge')
}

class Conversion {
  readonly #context: ConvertContext
  readonly #anchors = new Map<string, Node>()
  #failed = false

  constructor(context: ConvertContext) {
    this.#context = context
  }

  run(root: ParsedNode | null): Node | null {
    const node = this.#node(root, 0, 0)
    return this.#failed ? null : node
  }

  #node(node: ParsedNode | null, offset: number, depth: number): Node {
    const place = this.#context.at(node?.range[0] ?? offset)
    if (node === null || this.#failed) return scalar(null, place)
    if (depth > bounds.yamlDepth) return this.#fail(place, 'Too much is nested here.')
    if (isAlias(node)) return this.#alias(node.source, place)
    const converted = this.#tagged(this.#value(node, place, depth), node.tag, place)
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, converted)
    return converted
  }

  #value(node: ParsedNode, place: Written, depth: number): Node {
    this.#spend(1, place)
    if (isMap(node)) return this.#mapping(node.items, place, depth)
    if (isSeq(node)) return sequence(node.items.map((item) => this.#node(item, node.range[0], depth + 1)), place)
    if (!isScalar(node)) return scalar(null, place)
    const text = node.source
    const plain = node.type === YamlScalar.PLAIN || node.type === undefined
    if (!plain || node.tag === 'tag:yaml.org,2002:str') return scalar(text, place)
    return { ...scalar(null, place), ...resolvePlain(text) }
  }

  /** An anchor's value again. It is shared, not copied; what it would cost if it were copied is counted. */
  #alias(name: string, place: Written): Node {
    const node = this.#anchors.get(name)
    if (node === undefined) return this.#fail(place, `\`*${quote(name)}\` names a value that no earlier \`&\` gave, or that contains itself.`)
    this.#spend(node.size, place)
    return node
  }

  #mapping(items: readonly { key: ParsedNode, value: ParsedNode | null }[], place: Written, depth: number): Mapping {
    const entries = new Map<string, Entry>()
    const merged: Node[] = []
    for (const { key, value } of items) {
      const keyPlace = this.#context.at(key.range[0])
      const converted = this.#node(value, key.range[0], depth + 1)
      const name = this.#name(key)
      if (name === null) this.#fail(keyPlace, 'A list or a map cannot be a name. Put quotes around the text before the colon.')
      else if (isMergeKey(key)) merged.push(converted)
      else if (entries.has(name)) this.#fail(keyPlace, `${quote(name)} is written twice here, first in line ${entries.get(name)?.place.line ?? 0}. Keep one of them.`)
      else entries.set(name, { place: keyPlace, value: converted })
    }
    this.#merge(entries, merged)
    return mapping(entries, place)
  }

  /** `<<`: what the mapping does not say itself comes from there, from the first that says it. */
  #merge(entries: Map<string, Entry>, sources: readonly Node[]): void {
    for (const source of sources.flatMap((node) => node.kind === 'sequence' ? node.items : [node])) {
      if (source.kind !== 'mapping') {
        this.#fail(source.place, '`<<` takes in the lines of a map, and this is none.')
        continue
      }
      for (const [name, entry] of source.entries) if (!entries.has(name)) entries.set(name, entry)
    }
  }

  #name(key: ParsedNode): string | null {
    if (isAlias(key)) {
      const target = this.#anchors.get(key.source)
      return target?.kind === 'scalar' ? target.text : null
    }
    if (!isScalar(key)) return null
    if (key.anchor !== undefined) this.#anchors.set(key.anchor, scalar(key.source, this.#context.at(key.range[0])))
    return key.source
  }

  #tagged(node: Node, tag: string | undefined, place: Written): Node {
    if (tag === undefined || tag.startsWith('tag:yaml.org,2002:')) return node
    if (tag === '!reset') return { ...node, tag: 'reset' }
    if (tag === '!override') return { ...node, tag: 'override' }
    return this.#fail(place, `The tag ${quote(tag)} means nothing in a compose file. Put quotes around the text if you mean an exclamation mark.`)
  }

  #spend(values: number, place: Written): void {
    this.#context.budget.values -= values
    if (this.#context.budget.values < 0) this.#fail(place, `The file comes to more than ${bounds.values} values once its aliases (\`*name\`) are filled in. No real file does; look for aliases inside aliases.`)
  }

  /** The first thing wrong is said; what follows from it is not. */
  #fail(place: Written, message: string): Node {
    if (!this.#failed) this.#context.notes.error({ key: '', place }, message)
    this.#failed = true
    return scalar(null, place)
  }
}
