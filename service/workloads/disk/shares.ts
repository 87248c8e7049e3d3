/** What a service pays for, and the volumes it mounts. */
export interface DiskShareholder { diskMiB: number, volumes: readonly string[] }

/**
 * How a lease's disk is shared out among its volumes, MiB. Each service's disk goes evenly to the volumes it mounts; that of
 * services without any goes evenly to all. The sum is exactly what the lease pays for, unless nothing is mounted.
 */
export function shareDisk(services: readonly DiskShareholder[]): Map<string, number> {
  const all = [...new Set(services.flatMap((service) => service.volumes))].sort()
  const shares = new Map(all.map((volume) => [volume, 0]))
  for (const { diskMiB, volumes } of services) {
    const own = volumes.length === 0 ? all : [...new Set(volumes)].sort()
    for (const [index, volume] of own.entries()) shares.set(volume, (shares.get(volume) ?? 0) + part(diskMiB, own.length, index))
  }
  return shares
}

/** The n-th of `count` parts of a whole: what does not divide goes to the first. */
function part(whole: number, count: number, index: number): number {
  return Math.floor(whole / count) + (index < whole % count ? 1 : 0)
}
