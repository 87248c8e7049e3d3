/**
 * The tables of docs/PROTOCOL.md, made from `contract/wire/v1`: `node scripts/protocol-docs.ts` writes them anew between
 * their marks; a test fails when they are behind. What the fields mean is read from their comments.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as protocols from '../contract/wire/v1/protocols.ts'
import { recordTypes, type RecordType } from '../contract/wire/v1/records.ts'
import { helloProtocol } from '../service/network/hello.ts'
import { root } from './setup/root.mjs'

export const protocolDocPath = join(root, 'docs/PROTOCOL.md')
/** Where the records are written down. */
const sourcePaths = ['records.ts', 'blocklist.ts'].map((name) => join(root, 'contract/wire/v1', name))

interface AnyProtocol { kind: 'request' | 'stream' | 'duplex', id: string, maxBytes: number, deadlineMs: number, idleMs?: number }

/** The document with both tables as the contract has them now. */
export function renderProtocolDoc(text: string): string {
  return replaceBlock(replaceBlock(text, 'protocols', protocolTable()), 'records', recordTables())
}

function replaceBlock(text: string, name: string, content: string): string {
  const [begin, end] = [`<!-- ${name}: made by scripts/protocol-docs.ts -->`, `<!-- end of ${name} -->`]
  const from = text.indexOf(begin)
  const to = text.indexOf(end)
  if (from < 0 || to < from) throw new Error(`The marks around “${name}” are not there.`)
  return `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`
}

function protocolTable(): string {
  const all: AnyProtocol[] = [helloProtocol, ...Object.values<unknown>(protocols).filter(isProtocol).toSorted((a, b) => a.id < b.id ? -1 : 1)]
  const rows = all.map(({ id, kind, maxBytes, deadlineMs, idleMs }) =>
    `| \`${id}\` | ${kind} | ${size(maxBytes)} | ${deadlineMs / 1000} s${idleMs === undefined ? '' : `, then ${idleMs / 1000} s of silence`} |`)
  return ['| Protocol | Kind | A message at most | Deadline |', '| --- | --- | --- | --- |', ...rows].join('\n')
}

function isProtocol(value: unknown): value is AnyProtocol {
  return typeof value === 'object' && value !== null && 'id' in value && 'deadlineMs' in value
}

function size(bytes: number): string {
  return `${bytes / 1024} KiB`
}

function recordTables(): string {
  const source = sourcePaths.map((path) => readFileSync(path, 'utf8')).join('\n')
  const types = Object.keys(recordTypes) as RecordType[]
  return types.map((type) => {
    const fields = fieldsOf(type, source)
    const rows = fields.map(({ name, form, meaning }) => `| \`${name}\` | \`${form.replaceAll('|', '\\|')}\` | ${meaning} |`)
    return [`### ${type}`, '', '| Field | Form | Meaning |', '| --- | --- | --- |', ...rows].join('\n')
  }).join('\n\n')
}

interface RecordField { name: string, form: string, meaning: string }

/** As the source writes them down. Throws when that is not what the schema has. */
function fieldsOf(type: RecordType, source: string): RecordField[] {
  const name = `${type.charAt(0).toUpperCase()}${type.slice(1)}`
  const body = new RegExp(`export const ${name} = z\\.strictObject\\(\\{(.*?)\\}\\)\\n`, 's').exec(source)?.[1] ?? ''
  const fields = [...body.matchAll(/(?:\/\*\* (?<meaning>[^*]*) \*\/\s*)?(?<name>\w+): (?<form>.+?)(?:,(?=\s*\n)|\s*$)/g)]
    .flatMap(({ groups }) => groups?.['meaning'] === undefined ? inOneLine(groups) : [toField(groups)])
  const known = Object.keys(recordTypes[type].shape)
  if (fields.map((field) => field.name).join() !== known.join()) throw new Error(`${name} in ${sourcePaths.join(' or ')} cannot be read: found ${fields.map((field) => field.name).join()}`)
  return fields
}

/** Short records stand in one line: `{ channelId: ChannelId, cumulativeMicro: Amount }`. */
function inOneLine(groups: Record<string, string> | undefined): RecordField[] {
  const [first = '', ...others] = `${groups?.['name'] ?? ''}: ${groups?.['form'] ?? ''}`.split(/, (?=\w+: )/)
  return [first, ...others].map((part) => toField({ name: part.slice(0, part.indexOf(':')), form: part.slice(part.indexOf(':') + 2) }))
}

function toField(groups: Record<string, string>): RecordField {
  return { name: groups['name'] ?? '', form: groups['form'] ?? '', meaning: groups['meaning'] ?? '' }
}

if (import.meta.main) writeFileSync(protocolDocPath, renderProtocolDoc(readFileSync(protocolDocPath, 'utf8')))
