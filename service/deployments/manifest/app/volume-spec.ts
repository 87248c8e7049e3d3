import type { AppService } from '../../../../contract/wire/v1/app.ts'
import { type Field, get, isTrue, textOf } from '../tree.ts'

export type VolumeMount = AppService['volumes'][number]
export type TmpfsMount = AppService['tmpfs'][number]

/** One line of `volumes`, in one form. */
export interface VolumeSpec {
  type: 'volume' | 'bind' | 'tmpfs' | 'other'
  /** The volume's name or a path; null for a volume without a name. */
  source: string | null
  target: string
  readOnly: boolean
  /** For tmpfs. */
  sizeField?: Field
}

/** Undefined when it cannot be understood. */
export function parseVolume(field: Field): VolumeSpec | undefined {
  const short = textOf(field)
  return short === undefined ? parseLong(field) : parseShort(short)
}

function parseLong(field: Field): VolumeSpec | undefined {
  const type = textOf(get(field, 'type')) ?? ''
  const target = textOf(get(field, 'target'))
  if (target === undefined) return undefined
  const source = textOf(get(field, 'source')) ?? null
  const sizeField = get(get(field, 'tmpfs'), 'size')
  const known = type === 'volume' || type === 'bind' || type === 'tmpfs' ? type : 'other'
  return { type: known, source: source === '' ? null : source, target, readOnly: isTrue(get(field, 'read_only')?.node), ...sizeField !== undefined && { sizeField } }
}

/** `[SOURCE:]TARGET[:OPTIONS]`; a drive letter belongs to its path. */
function parseShort(text: string): VolumeSpec | undefined {
  if (text.includes('\0')) return undefined
  const parts = text.replace(/(^|:)([a-z]):(?=[\\/])/gi, '$1$2\0').split(':').map((part) => part.replace('\0', ':'))
  const [first = '', second, options = '', ...more] = parts
  if (first === '' || second === '' || more.length > 0) return undefined
  if (second === undefined) return { type: 'volume', source: null, target: first, readOnly: false }
  const readOnly = options.split(',').includes('ro')
  return { type: isPath(first) ? 'bind' : 'volume', source: first, target: second, readOnly }
}

function isPath(source: string): boolean {
  return /^([./~\\]|[a-z]:)/i.test(source)
}
