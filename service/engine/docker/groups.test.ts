import { describe, expect, it } from 'vitest'
import { Groups } from './groups.ts'

const id = 'a'.repeat(64)

/** As Linux 6.1 with both versions mounted tells it, engine with the driver cgroupfs and guests in a group of their own. */
const first = {
  '/proc/7/cgroup': `9:name=systemd:/depin/${id}\n4:memory:/depin/${id}\n2:cpu,cpuacct:/depin/${id}\n0::/depin/${id}\n`,
  [`/sys/fs/cgroup/cpuacct/depin/${id}/cpuacct.usage`]: '1234567\n',
  [`/sys/fs/cgroup/memory/depin/${id}/memory.usage_in_bytes`]: '8000000\n',
  [`/sys/fs/cgroup/memory/depin/${id}/memory.stat`]: 'cache 5\ninactive_file 1\ntotal_inactive_file 3000000\n',
}
/** The second version alone, driver systemd. */
const second = {
  '/proc/7/cgroup': `0::/depin.slice/docker-${id}.scope\n`,
  [`/sys/fs/cgroup/depin.slice/docker-${id}.scope/cpu.stat`]: 'usage_usec 1235\nuser_usec 1000\n',
  [`/sys/fs/cgroup/depin.slice/docker-${id}.scope/memory.current`]: '8000000\n',
  [`/sys/fs/cgroup/depin.slice/docker-${id}.scope/memory.stat`]: 'anon 5\ninactive_file 3000000\n',
}

function groupsOf(files: Record<string, string | undefined>) {
  const reads: string[] = []
  const groups = new Groups((path) => {
    reads.push(path)
    const text = files[path]
    if (text === undefined) throw new Error(`no ${path}`)
    return text
  })
  return { groups, reads }
}

describe('what the kernel tells of a container', () => {
  it.each([['first', first], ['second', second]])('in the %s version of groups', (_, files) => {
    const { groups, reads } = groupsOf(files)
    expect(groups.use(id, 7)).toEqual({ cpuUsedUs: 1235, memoryBytes: 5_000_000 })
    // where it is does not change while it lives
    groups.use(id, 7)
    expect(reads.filter((path) => path.startsWith('/proc'))).toHaveLength(1)
  })

  it.each<[string, Record<string, string>, number | null]>([
    ['the engine did not tell its process', first, null],
    ['it does not run', first, 0],
    ['its process is another one’s by now', { ...first, '/proc/7/cgroup': '4:memory:/user\n2:cpu,cpuacct:/user\n0::/user\n' }, 7],
    ['its group is outside of what can be seen here', { '/proc/7/cgroup': `0::/../../docker/${id}\n` }, 7],
    ['a file is not there', { '/proc/7/cgroup': first['/proc/7/cgroup'] }, 7],
    ['a file says something else', { ...second, [`/sys/fs/cgroup/depin.slice/docker-${id}.scope/cpu.stat`]: 'user_usec 1\n' }, 7],
  ])('is nothing when %s', (_, files, pid) => {
    expect(groupsOf(files).groups.use(id, pid)).toBeNull()
  })

  it('is looked for again after it was not there', () => {
    const files: Record<string, string | undefined> = { ...second }
    const { groups, reads } = groupsOf(files)
    groups.use(id, 7)
    files[`/sys/fs/cgroup/depin.slice/docker-${id}.scope/memory.current`] = undefined
    expect(groups.use(id, 7)).toBeNull()
    groups.use(id, 7)
    expect(reads.filter((path) => path.startsWith('/proc'))).toHaveLength(2)
  })
})
