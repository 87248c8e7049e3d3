import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { groupPath } from '../group-path.ts'
import type { ContainerUse } from '../types.ts'

/** Where the kernel tells what a container uses. */
interface GroupFiles {
  cpu: string
  cpuUs: (text: string) => number
  memory: string
  memoryStat: string
  /** Page cache that can be had back, which is no use. */
  cache: string
}

export type ReadFile = (path: string) => string

/**
 * What containers of this machine's own kernel use, from the files of their control groups: a question to the engine for
 * each, every few seconds, costs it and us fifty times as much. Both versions of groups, whoever made them; null where
 * anything is not as expected, and then the engine is asked.
 *
 * Read at once, not in turns: the kernel has the answers in memory, a few hundredths of a millisecond each.
 */
export class Groups {
  readonly #read: ReadFile
  readonly #files = new Map<string, GroupFiles>()

  constructor(read: ReadFile = (path) => readFileSync(path, 'utf8')) {
    this.#read = read
  }

  /** @param pid of its first process, as the engine told it; null: it did not. */
  use(containerId: string, pid: number | null): ContainerUse | null {
    try {
      const files = this.#files.get(containerId) ?? (pid === null || pid <= 0 ? null : this.#find(containerId, pid))
      if (files === null) return null
      this.#files.set(containerId, files)
      const cpuUsedUs = files.cpuUs(this.#read(files.cpu))
      const memoryBytes = Number(this.#read(files.memory)) - valueOf(this.#read(files.memoryStat), files.cache)
      return Number.isFinite(cpuUsedUs) && Number.isFinite(memoryBytes) ? { cpuUsedUs, memoryBytes: Math.max(0, memoryBytes) } : null
    } catch {
      // it has ended, or these files are not for us
      this.#files.delete(containerId)
      return null
    }
  }

  forgetBut(containerIds: ReadonlySet<string>): void {
    for (const id of this.#files.keys()) if (!containerIds.has(id)) this.#files.delete(id)
  }

  #find(containerId: string, pid: number): GroupFiles | null {
    const groups = this.#read(`/proc/${pid}/cgroup`)
    const pathFor = (controller: string): string | null => groupPath(groups, controller, containerId)
    const [cpu, memory, unified] = [pathFor('cpuacct'), pathFor('memory'), pathFor('')]
    if (cpu !== null && memory !== null) {
      const folder = join('/sys/fs/cgroup/memory', memory)
      return {
        cpu: join('/sys/fs/cgroup/cpuacct', cpu, 'cpuacct.usage'), cpuUs: (text) => Math.round(Number(text) / 1000),
        memory: join(folder, 'memory.usage_in_bytes'), memoryStat: join(folder, 'memory.stat'), cache: 'total_inactive_file',
      }
    }
    if (unified === null) return null
    const folder = join('/sys/fs/cgroup', unified)
    return {
      cpu: join(folder, 'cpu.stat'), cpuUs: (text) => valueOf(text, 'usage_usec'),
      memory: join(folder, 'memory.current'), memoryStat: join(folder, 'memory.stat'), cache: 'inactive_file',
    }
  }
}

/** NaN when there is none of this name. */
function valueOf(text: string, name: string): number {
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1])
}
