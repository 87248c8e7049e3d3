import { parseSizeMiB } from '../../../../contract/units.ts'
import type { AppFile, AppService } from '../../../../contract/wire/v1/app.ts'
import { defaults } from '../limits.ts'
import { fileLines } from '../lines.ts'
import { quote } from '../notes.ts'
import { type Field, get, itemsOf, scalar, textOf } from '../tree.ts'
import { readBind } from './binds.ts'
import { mountPathInApp, parsed, pathInApp, type ServiceContext, topLevel } from './context.ts'
import { parseVolume, type TmpfsMount, type VolumeMount, type VolumeSpec } from './volume-spec.ts'

export type Mounts = Pick<AppService, 'volumes' | 'tmpfs'> & { files: AppFile[] }

interface Line {
  field: Field
  spec: VolumeSpec
}

/** Everything that is put into the app's file system from `volumes` and `tmpfs`. The last line for a path counts. */
export function readMounts(context: ServiceContext): Mounts {
  const lines = new Map<string, Line>()
  for (const field of fileLines(context, get(context.service, 'volumes'))) {
    const spec = readLine(context, field)
    if (spec !== undefined) lines.set(spec.target, { field, spec })
  }
  const mounts: Mounts = { volumes: [], tmpfs: [], files: [] }
  for (const { field, spec } of lines.values()) addMount(context, mounts, field, spec)
  for (const field of itemsOf(get(context.service, 'tmpfs'))) {
    const mount = readTmpfs(context, field)
    if (mount !== undefined) mounts.tmpfs = [...mounts.tmpfs.filter((one) => one.path !== mount.path), mount]
  }
  return mounts
}

function readLine(context: ServiceContext, field: Field): VolumeSpec | undefined {
  const spec = parseVolume(field)
  if (spec === undefined) {
    context.notes.error(field, `${quote(textOf(field) ?? 'This')} is not a volume. Write it like name:/path/in/the/app. A part is empty when a variable in it is not set.`)
    return undefined
  }
  // Of a path of the computer, `readBind` first says what it is.
  const target = (spec.type === 'bind' ? pathInApp : mountPathInApp)(context, field, spec.target)
  return target === undefined ? undefined : { ...spec, target }
}

function addMount(context: ServiceContext, mounts: Mounts, field: Field, spec: VolumeSpec): void {
  switch (spec.type) {
    case 'volume': {
      const mount = readVolume(context, field, spec)
      if (mount !== undefined) mounts.volumes.push(mount)
      return
    }
    case 'tmpfs':
      mounts.tmpfs.push({ path: spec.target, sizeMiB: sizeOf(context, spec.sizeField) })
      return
    case 'bind': {
      const { files, volume } = readBind(context, field, spec)
      mounts.files.push(...files)
      if (volume !== null) mounts.volumes.push(volume)
      return
    }
    case 'other': // refused by the table
  }
}

function readVolume(context: ServiceContext, field: Field, spec: VolumeSpec): VolumeMount | undefined {
  const { source, target, readOnly } = spec
  if (source === null) return { volume: context.volumes.name(`anonymous ${context.name} ${target}`, `${context.name}${target}`), path: target, readOnly }
  if (topLevel(context, 'volumes', source) !== undefined) return { volume: context.volumes.name(`named ${source}`, source), path: target, readOnly }
  const isPath = source.includes('/') || context.files.has(source) || context.files.under(source).length > 0
  const advice = isPath
    ? `If you mean a file or folder beside the compose file, write ${quote(`./${source}`)}.`
    : `Add a line ${quote(`${source}:`)} under \`volumes:\` at the top of the file. If you mean a file or folder beside the compose file, write ${quote(`./${source}`)}.`
  context.notes.error(field, `There is no volume ${quote(source)}. ${advice}`)
  return undefined
}

/** `/run`, `/run:size=64m,mode=1777`. */
function readTmpfs(context: ServiceContext, field: Field): TmpfsMount | undefined {
  const [written = '', options = ''] = (textOf(field) ?? '').split(':')
  const path = mountPathInApp(context, field, written)
  const size = options.split(',').find((option) => option.startsWith('size='))?.slice('size='.length)
  if (path === undefined) return undefined
  return { path, sizeMiB: sizeOf(context, size === undefined ? undefined : { ...field, node: scalar(size, field.node.place) }) }
}

function sizeOf(context: ServiceContext, field: Field | undefined): number {
  const asked = parsed(context, field, (text) => text.endsWith('%') ? defaults.tmpfsMiB : parseSizeMiB(text))
  return asked === undefined || asked === 0 ? defaults.tmpfsMiB : Math.min(asked, 65536)
}
