import type { ContainerRequest } from './types.ts'

/** Who a container runs as, by number. */
export interface UserIds { uid: number, gid: number }

/** What scratch space has to know of an image. */
export interface ImageInside {
  /** Who the service runs as; null: the image does not tell. */
  user: UserIds | null
  /** Directories that the image has below `/run`, which scratch space there hides. */
  runDirectories: readonly string[]
}

/** Paths that programs write to although their root is read-only. */
const scratchPaths = ['/run', '/tmp', '/var/tmp'] as const
/** `/var/run` is a link to `/run` in nearly every image. */
const scratchAliases = [...scratchPaths, '/var/run'] as const
/** No image has reason for more. */
export const maxRunDirectories = 32
/** Engines take ids up to this. */
const maxId = 2 ** 31 - 1

/**
 * Memory-backed places to write, as an engine's `Tmpfs` map. They count towards the container's memory, so none is
 * larger than that: the usual ones get half of it (as Linux gives its own), `/run` and what is below it 64 MiB at most. A
 * volume keeps its path and what lies under it; two wishes for one path are one. They belong to the service's user, who has
 * no capability to write elsewhere: the mode that is asked for counts only where the image has no directory of its own.
 *
 * @param inside null: nobody has looked; then they are root's, with the modes that the image's directories have.
 */
export function scratchMounts(
  { tmpfs: asked, volumes, limits: { memoryMiB } }: Pick<ContainerRequest, 'tmpfs' | 'volumes' | 'limits'>, inside: ImageInside | null, kind: 'docker' | 'podman',
): Record<string, string> {
  const half = Math.max(1, Math.floor(memoryMiB / 2))
  const owner = ownerOption(inside?.user ?? null, kind)
  const options = (sizeMiB: number): string => `rw,noexec,nosuid,nodev,size=${sizeMiB}m,mode=1777${owner}`
  const volumePaths = volumes.map(({ path }) => path)
  const mounts: Record<string, string> = {}
  for (const path of scratchPaths) {
    if (volumePaths.some((volume) => isWithin(path, volume))) continue
    mounts[path] = options(path === '/run' ? Math.min(64, half) : half)
  }
  const others = [...volumePaths, ...asked.map(({ path }) => path).filter((path) => isWithin(path, '/var/run'))].map(withoutAlias)
  for (const path of (inside?.runDirectories ?? []).filter(isRunDirectory).slice(0, maxRunDirectories)) {
    if (!others.some((other) => isWithin(path, other))) mounts[path] = options(Math.min(64, half))
  }
  for (const { path, sizeMiB } of asked) {
    if (!volumePaths.includes(path)) mounts[path] = options(Math.min(sizeMiB, memoryMiB))
  }
  return mounts
}

/** Whether a file of the image at `path` would be hidden by scratch space. */
export function isUnderScratch(path: string): boolean {
  return scratchAliases.some((scratch) => isWithin(path, scratch))
}

/** At most two below `/run`, by names that mean nothing to an engine. */
export function isRunDirectory(path: string): boolean {
  return /^\/run(\/[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}){1,2}$/.test(path)
}

export function isId(id: number): boolean {
  return Number.isInteger(id) && id >= 0 && id <= maxId
}

/** Root has what it needs. Podman takes no numbers here, and knows by one word who the user is. */
function ownerOption(user: UserIds | null, kind: 'docker' | 'podman'): string {
  if (user === null || user.uid === 0 || !isId(user.uid) || !isId(user.gid)) return ''
  return kind === 'podman' ? ',U' : `,uid=${user.uid},gid=${user.gid}`
}

function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(`${directory}/`)
}

function withoutAlias(path: string): string {
  return isWithin(path, '/var/run') ? path.slice('/var'.length) : path
}
