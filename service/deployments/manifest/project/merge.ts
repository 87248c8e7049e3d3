/**
 * How one file adds to another (`extends`, `include`, several paths in one `include`): maps join, lists grow, single
 * values are replaced. Keys that can be written in two ways are brought to one first; a few are replaced as a whole.
 */
import { type Entry, mapping, type Mapping, type Node, scalar, type Scalar, sequence, type Sequence } from '../tree.ts'

type Rule = 'replace' | 'list' | 'names' | 'pairs'

const serviceRules: Readonly<Record<string, Rule>> = {
  command: 'replace', entrypoint: 'replace', 'healthcheck.test': 'replace',
  env_file: 'list', dns: 'list', dns_search: 'list', tmpfs: 'list', label_file: 'list',
  depends_on: 'names', networks: 'names', models: 'names',
  environment: 'pairs', labels: 'pairs', annotations: 'pairs', sysctls: 'pairs', extra_hosts: 'pairs', 'deploy.labels': 'pairs',
}

/** `over` on top of `base`; `path` is where both are, as `services`, `web`, `environment`. */
export function merge(base: Node, over: Node, path: readonly string[]): Node {
  if (over.tag === 'override') return over
  const rule = path[0] === 'services' ? serviceRules[path.slice(2).join('.')] : undefined
  if (rule === 'replace') return over
  if (over.kind === 'scalar' && over.value === null) return base
  const [below, above] = rule === undefined ? [base, over] : [inForm(base, rule), inForm(over, rule)]
  if (below.kind === 'mapping' && above.kind === 'mapping') return mergeMappings(below, above, path)
  if (below.kind === 'sequence' && above.kind === 'sequence') return sequence([...below.items, ...above.items], above.place)
  return above
}

export function mergeMappings(base: Mapping, over: Mapping, path: readonly string[]): Mapping {
  const entries = new Map(base.entries)
  for (const [name, entry] of over.entries) {
    const below = entries.get(name)
    if (entry.value.tag === 'reset') entries.delete(name)
    else if (below === undefined) entries.set(name, entry)
    else entries.set(name, { place: entry.place, value: merge(below.value, entry.value, [...path, name]) })
  }
  return mapping(entries, over.place)
}

/** Without the named keys. */
export function without(node: Mapping, ...names: string[]): Mapping {
  return mapping(new Map([...node.entries].filter(([name]) => !names.includes(name))), node.place)
}

/** With one key set. */
export function withEntry(node: Mapping, name: string, entry: Entry): Mapping {
  return mapping(new Map([...node.entries, [name, entry]]), node.place)
}

function inForm(node: Node, rule: Rule): Node {
  if (rule === 'list') return node.kind === 'scalar' ? sequence([node], node.place) : node
  return node.kind === 'sequence' ? byName(node, rule) : node
}

/** `[A=1, B]` as `{A: 1, B: null}`. */
export function byName(list: Sequence, rule: Rule = 'pairs'): Mapping {
  const entries = new Map<string, Entry>()
  for (const item of list.items.filter((node): node is Scalar => node.kind === 'scalar')) {
    const cut = rule === 'pairs' ? item.text.indexOf('=') : -1
    const name = cut === -1 ? item.text : item.text.slice(0, cut)
    entries.delete(name)
    entries.set(name, { place: item.place, value: scalar(cut === -1 ? null : item.text.slice(cut + 1), item.place) })
  }
  return mapping(entries, list.place)
}
