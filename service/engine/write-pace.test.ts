import { describe, expect, it } from 'vitest'
import { freeWritesOf, paceOf, type PaceTools, paceWrites, whileWritesAreFree } from './write-pace.ts'

const containerId = 'a'.repeat(64)
const writer = { containerId, pid: 42, devices: ['7:1024', '7:1025'] }
const root = '/sys/fs/cgroup/blkio/blkio.throttle.write_bps_device'
const own = `/sys/fs/cgroup/blkio/depin/${containerId}/blkio.throttle.write_bps_device`
const unified = `/sys/fs/cgroup/depin.slice/docker-${containerId}.scope/io.max`

/** A kernel that keeps a line for each device, as it does. */
function kernel(group: string): PaceTools & { lines: Map<string, string[]>, written: string[] } {
  const lines = new Map<string, string[]>()
  const written: string[] = []
  return {
    lines, written,
    mayWrite: () => Promise.resolve(true),
    read: (path) => Promise.resolve(path === '/proc/42/cgroup' ? group : (lines.get(path) ?? []).join('\n')),
    write: (path, value) => {
      const [device = '', limit = ''] = value.split(' ')
      const others = (lines.get(path) ?? []).filter((line) => !line.startsWith(`${device} `))
      lines.set(path, /^(0|wbps=max)$/.test(limit) ? others : [...others, value])
      written.push(`${path} ${value}`)
      return Promise.resolve()
    },
  }
}
const first = `4:memory:/depin/${containerId}\n3:blkio:/depin/${containerId}\n0::/depin/${containerId}`
const second = `0::/depin.slice/docker-${containerId}.scope`

describe('writes of a guest that is held back', () => {
  it('are limited on each of its devices, by the first version’s groups for what the kernel writes later as well', async () => {
    const tools = kernel(first)
    await paceWrites(writer, 'held-back', tools)
    const limits = ['7:1024 4194304', '7:1025 4194304']
    expect([...tools.lines]).toEqual([[root, limits], [own, limits]])
    await paceWrites(writer, 'free', tools)
    expect([...tools.lines]).toEqual([[root, []], [own, []]])
  })

  it('are limited by the second version’s groups', async () => {
    const tools = kernel(second)
    await paceWrites(writer, 'held-back', tools)
    expect([...tools.lines]).toEqual([[unified, ['7:1024 wbps=4194304', '7:1025 wbps=4194304']]])
    await paceWrites(writer, 'free', tools)
    expect([...tools.lines]).toEqual([[unified, []]])
  })

  it('never by a group that is another process’s', async () => {
    const tools = kernel('0::/user.slice/editor.scope')
    await paceWrites(writer, 'held-back', tools)
    expect([...tools.lines.keys()].filter((path) => path !== root)).toEqual([])
  })

  it('go on while it falls asleep, and are limited again afterwards when they were', async () => {
    const tools = kernel(second)
    await whileWritesAreFree(writer, () => Promise.resolve(), tools)
    expect(tools.written).toEqual([])
    await paceWrites(writer, 'held-back', tools)
    await expect(whileWritesAreFree(writer, () => {
      expect(tools.lines.get(unified)).toEqual([])
      return Promise.reject(new Error('not frozen'))
    }, tools)).rejects.toThrow('not frozen')
    expect(tools.lines.get(unified)).toHaveLength(2)
  })

  it.each([['first', first], ['second', second]])('are told as the kernel has them (%s version)', async (_, group) => {
    const tools = kernel(group)
    expect(await paceOf(writer, tools)).toBe('free')
    await paceWrites(writer, 'held-back', tools)
    expect(await paceOf(writer, tools)).toBe('slow')
    // the group of a container that was started again has none of it, and what is the root’s stays
    tools.lines.set(group === first ? own : unified, ['7:1024 rbps=max wbps=4194304 riops=max wiops=max'])
    expect(await paceOf(writer, tools)).toBe('partly')
    await paceWrites(writer, 'free', tools)
    expect(await paceOf(writer, tools)).toBe('free')
    expect([await paceOf({ ...writer, pid: 0 }, tools), await paceOf({ ...writer, devices: [] }, tools)]).toEqual([null, null])
  })

  it.each([['first', first], ['second', second]])('are let go without its service, which may be dead (%s version)', async (_, group) => {
    const tools = { ...kernel(group), processes: () => Promise.resolve([7, 42]) }
    await paceWrites(writer, 'held-back', tools)
    await freeWritesOf(['b'.repeat(64)], tools)
    expect([...tools.lines.values()].flat()).not.toEqual([])
    await freeWritesOf([containerId], tools)
    expect([...tools.lines.values()].flat()).toEqual([])
  })

  it('are left as they are where that may not be changed', async () => {
    const refusing: PaceTools = { read: () => Promise.resolve(second), write: () => Promise.reject(new Error('EACCES')), mayWrite: () => Promise.resolve(false) }
    await paceWrites(writer, 'held-back', refusing)
    await expect(whileWritesAreFree(writer, () => Promise.resolve('asleep'), refusing)).resolves.toBe('asleep')
    expect(await paceOf(writer, refusing)).toBeNull()
  })
})
