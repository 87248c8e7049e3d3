/**
 * Files and folders of the project that the file wants in the app. A host never sees the computer they are on: files
 * travel with the app as they are now, and a folder that the app writes to becomes a volume of its own.
 */
import { type AppFile, maxAppBytes } from '../../../../contract/wire/v1/app.ts'
import { resolvePath } from '../files.ts'
import { bounds } from '../limits.ts'
import { quote } from '../notes.ts'
import type { FindingName } from '../support/findings.ts'
import type { Field } from '../tree.ts'
import { bounded, fixedMode, ownMode } from './app-files.ts'
import { mountPathInApp, say, type ServiceContext } from './context.ts'
import type { VolumeMount, VolumeSpec } from './volume-spec.ts'

export interface Bind {
  files: AppFile[]
  volume: VolumeMount | null
}

const nothing: Bind = { files: [], volume: null }

/** Paths of a computer that files name out of habit, and what they mean to a host. First match counts. */
const wellKnown: [path: RegExp, finding: FindingName][] = [
  [/^(\/var)?\/run\/(docker|podman|containerd|crio)[^/]*(\/.*)?\.sock$|docker\.sock$|docker_engine$/, 'bind.engine'],
  [/^\/etc\/(localtime|timezone)$|^\/usr\/share\/zoneinfo(\/|$)/, 'bind.clock'],
  [/^\/(tmp|dev\/(shm|u?random|null)|etc\/(hosts|hostname|resolv\.conf))\/?$/, 'bind.own'],
  [/^\/$|^\/(proc|sys|dev|boot|lib\/modules|run|var\/run|var\/lib\/docker|var\/log|rootfs|etc\/(passwd|group|shadow|machine-id|os-release))(\/|$)/, 'bind.system'],
]

/** Folders that images read once, when they set themselves up: an empty one would be a silent mistake. */
const readAtFirstStart = /^\/(docker-entrypoint(-init)?(db)?(\.d)?|entrypoint\.d|always-initdb\.d)(\/|$)/

export function readBind(context: ServiceContext, field: Field, spec: VolumeSpec): Bind {
  const source = spec.source ?? ''
  const known = wellKnown.find(([path]) => path.test(source.replaceAll('\\', '/')))
  const refuse = (name: FindingName): Bind => {
    say(context, name, field, { source: quote(source), target: spec.target })
    return nothing
  }
  if (known !== undefined) return refuse(known[1])
  if (mountPathInApp(context, field, spec.target) === undefined) return nothing
  const resolved = resolvePath(field.place.source.dir, source)
  const needsContent = spec.readOnly || looksLikeFile(source, spec.target) || readAtFirstStart.test(spec.target)
  if (resolved.kind !== 'inside') return needsContent ? refuse('bind.outside') : bindFolder(context, field, spec, source, [])
  if (resolved.path === '') return refuse('bind.project')
  if (context.files.has(resolved.path)) return bindFile(context, field, spec, resolved.path)
  const content = context.files.under(resolved.path)
  if (content.length === 0 && needsContent) {
    context.files.need(resolved.path)
    const why = context.files.whyNotSent(resolved.path)
    if (why === undefined) return refuse('bind.missing')
    say(context, 'bind.left-behind', field, { why })
    return nothing
  }
  if (!spec.readOnly) context.files.wish(resolved.path)
  return bindFolder(context, field, spec, resolved.path, content)
}

function bindFile(context: ServiceContext, field: Field, spec: VolumeSpec, path: string): Bind {
  say(context, 'bind.file', field, { source: quote(spec.source ?? '') })
  return { files: appFile(context, field, path, spec.target), volume: null }
}

/** An engine fills a new volume with what the image has in its place, so the files come first and the volume over them. */
function bindFolder(context: ServiceContext, field: Field, spec: VolumeSpec, folder: string, content: readonly string[]): Bind {
  const source = quote(spec.source ?? '')
  const travels = spec.readOnly || isLight(context, content)
  const files = travels ? content.flatMap((path) => appFile(context, field, path, `${spec.target}${path.slice(folder.length)}`, spec.readOnly ? fixedMode : ownMode)) : []
  if (spec.readOnly) {
    say(context, 'bind.folder-read-only', field, { source })
    return { files, volume: null }
  }
  say(context, 'bind.folder', field, { source, target: spec.target, begins: beginning(context, folder, content, travels) })
  const name = folder.split(/[\\/]/).filter((step) => /\w/.test(step)).slice(-2).join('-')
  return { files, volume: { volume: context.volumes.name(`bind ${folder}`, name), path: spec.target, readOnly: false } }
}

function beginning(context: ServiceContext, folder: string, content: readonly string[], travels: boolean): string {
  const why = context.files.whyNotSent(folder)
  if (content.length === 0) return why === undefined ? 'empty' : `empty (${why.replace(/\.$/, '')})`
  const count = content.length === 1 ? 'file' : `${content.length} files`
  return travels ? `with the ${count} in it now` : `empty, because the ${count} in it now are too much to travel,`
}

/** A few small files are settings; more than that is data, which stays where it is. */
function isLight(context: ServiceContext, content: readonly string[]): boolean {
  const bytes = content.reduce((sum, path) => sum + (context.files.read(path)?.byteLength ?? 0), 0)
  return content.length <= bounds.files / 2 && bytes <= maxAppBytes / 4
}

function appFile(context: ServiceContext, field: Field, path: string, target: string, modes = fixedMode): AppFile[] {
  const content = bounded(context, field, context.files.read(path) ?? new Uint8Array())
  if (content === undefined) return []
  const isScript = content[0] === 0x23 && content[1] === 0x21
  return [{ path: target, content, mode: isScript ? modes.script : modes.file, uid: 0, gid: 0 }]
}

/** `./nginx.conf`, `./Caddyfile`, or anything that becomes `…/config.yml`; `./data`, `./conf.d` and `./.cache` are folders. */
function looksLikeFile(source: string, target: string): boolean {
  if (/[\\/]$/.test(source)) return false
  return [source, target].some((path) => {
    const name = path.split(/[\\/]/).at(-1) ?? ''
    return /^(?!.*\.d$)[^.]+.*\.[a-z][a-z0-9_-]{0,9}$/i.test(name) || /^([A-Z][a-z]*file|crontab|\.env)$/.test(name)
  })
}
