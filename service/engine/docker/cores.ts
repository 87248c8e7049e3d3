/**
 * Guests that are held back keep to some of the cores, so that what the owner's programs do finds another: a weight or a quota
 * gives way only at the kernel's next look, some milliseconds after it was wanted.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = '/sys/devices/system/cpu'

type Read = (path: string) => string

/**
 * Where a guest may run, in the kernel's own notation (Documentation/admin-guide/cputopology.rst).
 *
 * @param percent of the cores, rounded up: the slower where there are two kinds, and of these the first; null: everywhere.
 * @returns null where the kernel does not tell.
 */
export function coresFor(percent: number | null, read: Read = (path) => readFileSync(path, 'utf8')): string | null {
  const online = valueOf(read, 'online')
  const cores = online.split(',').flatMap((range) => {
    const [, first, last] = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(range) ?? []
    return first === undefined ? [] : Array.from({ length: Math.max(0, Number(last ?? first) - Number(first) + 1) }, (_, at) => Number(first) + at)
  })
  if (cores.length === 0) return null
  if (percent === null) return online
  const speeds = new Map(cores.map((core) => [core, Number(valueOf(read, `cpu${core}/cpufreq/cpuinfo_max_freq`))]))
  const slowestFirst = cores.toSorted((a, b) => (speeds.get(a) ?? 0) - (speeds.get(b) ?? 0) || a - b)
  return slowestFirst.slice(0, Math.max(1, Math.ceil(cores.length * percent / 100))).toSorted((a, b) => a - b).join(',')
}

function valueOf(read: Read, name: string): string {
  try {
    return read(join(folder, name)).trim()
  } catch {
    return ''
  }
}
