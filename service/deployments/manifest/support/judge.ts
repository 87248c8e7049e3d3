import type { Notes } from '../notes.ts'
import { quote } from '../notes.ts'
import { entriesOf, type Field, itemsOf, type Mapping, rootField } from '../tree.ts'
import { type FindingName, findings } from './findings.ts'
import { type TableNode, tableRoot } from './table.ts'
import type { JudgedCase, SupportCase } from './types.ts'

/** Says for every key of the project what becomes of it. */
export function judge(project: Mapping, notes: Notes): void {
  descend(rootField(project), tableRoot, notes)
}

/** Says what a reader found. */
export function raise(notes: Notes, name: FindingName, about: Field, words: Readonly<Record<string, string>> = {}): void {
  say(notes, findings[name], about, words)
}

function descend(field: Field, table: TableNode, notes: Notes): void {
  const cases = table.row?.cases ?? []
  const verdict: JudgedCase | undefined = cases.find((one) => one.when?.(field) ?? true)
  if (verdict !== undefined) say(notes, verdict, field, { value: quote(field.node.kind === 'scalar' ? field.node.text : 'this') })
  if (verdict !== undefined && verdict.verdict !== 'supported') return
  for (const [name, child] of entriesOf(field)) {
    const next = table.next.get(name) ?? table.next.get('*')
    if (next !== undefined) descend(child, next, notes)
  }
  const item = table.next.get('[]')
  if (item !== undefined && field.node.kind === 'sequence') for (const child of itemsOf(field)) descend(child, item, notes)
}

function say(notes: Notes, found: SupportCase, about: Field, words: Readonly<Record<string, string>>): void {
  if (found.verdict === 'supported' && found.tell !== true) return
  const template = found.instead === undefined ? found.reason : `${found.reason} ${found.instead}`
  const sentence = template.replace(/\{(\w+)\}/g, (_, word: string) => words[word] ?? '')
  if (found.verdict === 'refused') notes.error(about, sentence)
  else notes.warn(about, sentence)
}
