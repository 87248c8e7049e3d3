/**
 * Where a process is in the tree of groups, from `/proc/<pid>/cgroup`.
 *
 * @param controller empty: of the second version.
 * @param containerId a number may have become another process's: its group says whose it is.
 */
export function groupPath(text: string, controller: string, containerId: string): string | null {
  const lines = text.trim().split('\n').map((line) => /^\d+:([^:]*):(.*)$/.exec(line))
  const path = lines.find((line) => line?.[1]?.split(',').includes(controller))?.[2]
  return path?.includes(containerId) === true && !path.includes('/../') ? path : null
}
