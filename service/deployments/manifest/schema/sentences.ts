import type { ErrorObject } from 'ajv'
import schema from '../../../../node_modules/dclint/schemas/compose.schema.json' with { type: 'json' }
import { listed, quote } from '../notes.ts'
import { nearest } from './nearest.ts'

const kinds: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: '`true` or `false`',
  array: 'a list (one line for each item, beginning with a dash)',
  object: 'a map (lines of the form `name: value`, indented)',
}

/** Where keys belong, for those who wrote one in the wrong place. Nearest to the top first. */
const homes: [where: string, keys: readonly string[]][] = [
  ['at the top of the file', Object.keys(schema.properties)],
  ['to a service: indent it below the name of the service', Object.keys(schema.definitions.service.properties)],
  ['below `deploy:`', Object.keys(schema.definitions.deployment.properties)],
  ['below `deploy:`, `resources:`', Object.keys(schema.definitions.deployment.properties.resources.properties)],
  ['below `healthcheck:`', Object.keys(schema.definitions.healthcheck.properties)],
]

/** One thing the schema does not allow, and what to do about it. `key` is what it is about. */
export function sentence(error: ErrorObject, key: string): string {
  const params = error.params as Record<string, unknown>
  switch (error.keyword) {
    case 'additionalProperties': return unknownKey(String(params['additionalProperty']), error)
    case 'type': return `${named(key)} must be ${alternatives(typesOf(error))}.${hint(error)}`
    case 'required': return `${named(key)} needs a line \`${String(params['missingProperty'])}:\`.`
    case 'enum': return `${named(key)} must be ${listed((params['allowedValues'] as unknown[]).map((value) => `\`${String(value)}\``), 'or')}.`
    case 'minimum': return `${named(key)} must be at least ${String(params['limit'])}.`
    case 'maximum': return `${named(key)} must be at most ${String(params['limit'])}.`
    default: return `${named(key)} is not written as compose expects it.`
  }
}

/** The kinds of value an error of keyword `type` asks for. */
export function typesOf(error: ErrorObject): string[] {
  const { type } = error.params as { type?: string | string[] }
  return type === undefined ? [] : [type].flat()
}

function unknownKey(name: string, error: ErrorObject): string {
  const parent = error.parentSchema as { properties?: object, patternProperties?: object }
  const known = Object.keys(parent.properties ?? {})
  if (known.length === 0) return `${quote(name)} cannot be a name here: use letters, digits, dots, dashes and underscores.`
  const home = homes.find(([, keys]) => keys.includes(name))
  if (home !== undefined) return `The key ${quote(name)} does not belong here, but ${home[0]}.`
  const meant = nearest(name, known)
  if (meant !== undefined) return `Compose knows no key ${quote(name)} here. Did you mean \`${meant}\`?`
  return `Compose knows no key ${quote(name)} here. Remove it, or begin its name with x- if it is a remark of yours.`
}

function named(key: string): string {
  return key === '' ? 'The file' : `\`${key.split('.').at(-1) ?? key}\``
}

function alternatives(types: readonly string[]): string {
  const written = new Set(types)
  if (written.has('number')) written.delete('integer')
  written.delete('null')
  return listed([...written].map((type) => kinds[type] ?? type), 'or')
}

/** Why the kind is wrong although it looks right. */
function hint(error: ErrorObject): string {
  const wantsText = typesOf(error).includes('string')
  if (error.data === null) return ' There is nothing after the colon; look at the indentation of the lines below.'
  if (wantsText && typeof error.data === 'number') return ` Put it in quotes: "${String(error.data)}".`
  if (wantsText && typeof error.data === 'boolean') return ` Put it in quotes: "${String(error.data)}".`
  return ''
}
