/** Paths that programs write to although their root is read-only. */
const scratchPaths = ['/run', '/tmp', '/var/tmp'] as const
/** `/var/run` is a link to `/run` in nearly every image. */
const scratchAliases = [...scratchPaths, '/var/run'] as const

/**
 * Memory-backed places to write, as an engine's `Tmpfs` map. They count towards the container's memory, so none is
 * larger than that: the usual ones get half of it (as Linux gives its own), `/run` 64 MiB at most. A volume keeps its
 * path and what lies under it; two wishes for one path are one.
 *
 * @param memoryMiB the container's memory limit.
 */
export function scratchMounts(
  asked: readonly { path: string, sizeMiB: number }[], volumePaths: readonly string[], memoryMiB: number,
): Record<string, string> {
  const half = Math.max(1, Math.floor(memoryMiB / 2))
  const mounts: Record<string, string> = {}
  for (const path of scratchPaths) {
    if (volumePaths.some((volume) => isWithin(path, volume))) continue
    mounts[path] = options(path === '/run' ? Math.min(64, half) : half)
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

function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(`${directory}/`)
}

function options(sizeMiB: number): string {
  return `rw,noexec,nosuid,nodev,size=${sizeMiB}m,mode=1777`
}
