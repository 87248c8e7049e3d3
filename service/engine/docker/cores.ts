/**
 * Guests that are held back keep to some of the cores, so that what the owner's programs do finds another: a weight or a quota
 * gives way only at the kernel's next look, some milliseconds after it was wanted.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { keptCores } from '../kept-cores.ts'
import type { ContainerInfo } from '../types.ts'

const folder = '/sys/devices/system/cpu'

type Read = (path: string) => string

const readText: Read = (path) => readFileSync(path, 'utf8')

/** In the kernel's own notation of them (Documentation/admin-guide/cputopology.rst), as engines take it too. */
export class Cores {
  readonly #read: Read
  #isRefused = false

  private constructor(read: Read) {
    this.#read = read
  }

  /**
   * Null where the kernel does not tell, and where the engine has not all of them.
   *
   * @param count that the engine has.
   */
  static of(count: number, read = readText): Cores | null {
    return count > 0 && coresIn(valueOf(read, 'online')).length === count ? new Cores(read) : null
  }

  /**
   * Where a guest may run; null: nothing is to be said of it.
   *
   * @param percent of the cores: the slower where there are two kinds, and of these the first; null: everywhere.
   */
  for(percent: number | null): string | null {
    const online = valueOf(this.#read, 'online')
    const cores = coresIn(online)
    if (this.#isRefused || cores.length === 0) return null
    if (percent === null) return online
    const speeds = new Map(cores.map((core) => [core, Number(valueOf(this.#read, `cpu${core}/cpufreq/cpuinfo_max_freq`))]))
    const slowestFirst = cores.toSorted((a, b) => (speeds.get(a) ?? 0) - (speeds.get(b) ?? 0) || a - b)
    return slowestFirst.slice(0, keptCores(cores.length, percent)).toSorted((a, b) => a - b).join(',')
  }

  /** @param told by the engine of a container; empty: everywhere. */
  kept(told: string): ContainerInfo['cores'] {
    const of = coresIn(valueOf(this.#read, 'online')).length
    return this.#isRefused || of === 0 ? null : { kept: told === '' ? of : coresIn(told).length, of }
  }

  /** The engine does not take them: it is not asked again. */
  refused(): void {
    this.#isRefused = true
  }
}

/** Of `0-2,5`: 0, 1, 2, 5. */
function coresIn(list: string): number[] {
  return list.split(',').flatMap((range) => {
    const [, first, last] = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(range) ?? []
    return first === undefined ? [] : Array.from({ length: Math.max(0, Number(last ?? first) - Number(first) + 1) }, (_, at) => Number(first) + at)
  })
}

function valueOf(read: Read, name: string): string {
  try {
    return read(join(folder, name)).trim()
  } catch {
    return ''
  }
}
