import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const place = '/sys/fs/cgroup'
/** What limits containers. A kernel may lack some. */
const controllers = ['cpu', 'memory', 'pids', 'io', 'cpuset']

/**
 * Readies control groups for an engine on a machine without an init system that did. With version 1 (or both) mounted
 * there is nothing to do; version 2 is mounted if need be, and its controllers are passed down to the engine's groups.
 * @returns whether it was mounted here, for `releaseCgroups`
 */
export function prepareCgroups(): boolean {
  const isMounted = /^\S+ \/sys\/fs\/cgroup\S* cgroup/m.test(readFileSync('/proc/mounts', 'utf8'))
  if (!isMounted) execFileSync('mount', ['-t', 'cgroup2', 'cgroup2', place])
  if (existsSync(join(place, 'cgroup.subtree_control'))) passControllersDown()
  return !isMounted
}

export function releaseCgroups(): void {
  execFileSync('umount', ['-l', place])
}

function passControllersDown(): void {
  const available = readFileSync(join(place, 'cgroup.controllers'), 'utf8').trim().split(' ')
  const wanted = controllers.filter((name) => available.includes(name)).map((name) => `+${name}`).join(' ')
  const pass = () => writeFileSync(join(place, 'cgroup.subtree_control'), wanted)
  try {
    pass()
  } catch {
    // Inside a container the top group is an ordinary one, which may not hold processes and pass controllers down at once.
    const aside = join(place, 'processes')
    mkdirSync(aside, { recursive: true })
    for (const pid of readFileSync(join(place, 'cgroup.procs'), 'utf8').trim().split('\n')) moveTo(aside, pid)
    pass()
  }
}

function moveTo(group: string, pid: string): void {
  try {
    writeFileSync(join(group, 'cgroup.procs'), pid)
  } catch {
    // It has ended meanwhile, or belongs to the kernel.
  }
}
