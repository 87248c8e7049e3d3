import type { AppFile } from '../../../../contract/wire/v1/app.ts'
import { formatSize } from '../../../../contract/units.ts'
import { resolvePath } from '../files.ts'
import { fileLines } from '../lines.ts'
import { quote } from '../notes.ts'
import { type Field, get, textOf } from '../tree.ts'
import { pathInApp, type ServiceContext, topLevel, wholeNumber } from './context.ts'

const utf8 = (text: string) => new TextEncoder().encode(text)

type Section = 'secrets' | 'configs'

const maxFileBytes = 512 * 1024

/** Whoever runs in the app may read them; nobody may change them. Scripts are run. */
export const fixedMode = { file: 0o444, script: 0o555 }
/** What a volume of the app begins with is its owner's to change, as on any computer. */
export const ownMode: typeof fixedMode = { file: 0o644, script: 0o755 }

/** The files that `secrets` and `configs` put into the app. */
export function readAppFiles(context: ServiceContext): AppFile[] {
  return [...readSection(context, 'secrets'), ...readSection(context, 'configs')]
}

function readSection(context: ServiceContext, section: Section): AppFile[] {
  return fileLines(context, get(context.service, section)).flatMap((field) => {
    const name = textOf(field) ?? textOf(get(field, 'source')) ?? ''
    const content = contentOf(context, section, name, field)
    const path = targetOf(context, section, name, field)
    if (content === undefined || path === undefined) return []
    return [{
      path,
      content,
      mode: modeOf(context, get(field, 'mode')),
      uid: wholeNumber(context, get(field, 'uid'), 0, 65535) ?? 0,
      gid: wholeNumber(context, get(field, 'gid'), 0, 65535) ?? 0,
    }]
  })
}

function targetOf(context: ServiceContext, section: Section, name: string, field: Field): string | undefined {
  const target = textOf(get(field, 'target')) ?? name
  const folder = section === 'secrets' ? '/run/secrets' : ''
  return pathInApp(context, field, target.startsWith('/') ? target : `${folder}/${target}`)
}

function contentOf(context: ServiceContext, section: Section, name: string, about: Field): Uint8Array | undefined {
  const definition = topLevel(context, section, name)
  const kind = section.slice(0, -1)
  if (definition === undefined) {
    context.notes.error(about, `There is no ${kind} ${quote(name)}. Describe it under \`${section}:\` at the top of the file.`)
    return undefined
  }
  const content = get(definition, 'content')
  const variable = get(definition, 'environment')
  const file = get(definition, 'file')
  if (content !== undefined && section === 'configs') return bounded(context, content, utf8(textOf(content) ?? ''))
  if (variable !== undefined) return fromVariable(context, variable)
  if (file !== undefined) return fromFile(context, file)
  // `external` is refused already, with the reason.
  if (get(definition, 'external') === undefined) context.notes.error(definition, `The ${kind} ${quote(name)} has no content. Give it a line \`file:\` or \`environment:\`.`)
  return undefined
}

function fromVariable(context: ServiceContext, field: Field): Uint8Array | undefined {
  const name = textOf(field) ?? ''
  const value = field.place.source.lookup(name)
  if (value === undefined) {
    context.notes.error(field, `The variable ${quote(name)} is not set. Set it in your environment or in a file named .env beside the compose file.`)
    return undefined
  }
  return bounded(context, field, utf8(value))
}

function fromFile(context: ServiceContext, field: Field): Uint8Array | undefined {
  const written = textOf(field) ?? ''
  const resolved = resolvePath(field.place.source.dir, written)
  if (resolved.kind !== 'inside') {
    context.notes.error(field, `The file ${quote(written)} is outside the project folder. Copy it into the project folder.`)
    return undefined
  }
  const bytes = context.files.read(resolved.path)
  if (bytes !== undefined) return bounded(context, field, bytes)
  context.files.need(resolved.path)
  context.notes.error(field, context.files.whyNotSent(resolved.path) ?? `The file ${quote(written)} was not found in the project folder.`)
  return undefined
}

/** The content, unless it is more than an app can carry. */
export function bounded(context: ServiceContext, about: Field, content: Uint8Array): Uint8Array | undefined {
  if (content.byteLength <= maxFileBytes) return content
  context.notes.error(about, `This file is larger than ${formatSize(maxFileBytes)}, too large to travel with an app. Put it into the image, or let the app download it.`)
  return undefined
}

/** A number is what YAML made of it (`0440` is octal there already); a text is octal. */
function modeOf(context: ServiceContext, field: Field | undefined): number {
  if (field?.node.kind !== 'scalar' || field.node.value === null) return fixedMode.file
  const mode = typeof field.node.value === 'number' ? field.node.value : Number.parseInt(field.node.text, 8)
  if (Number.isInteger(mode) && mode >= 0 && mode <= 0o7777) return mode & 0o777
  context.notes.error(field, `${quote(field.node.text)} is not a file mode. Write it like 0440.`)
  return fixedMode.file
}
