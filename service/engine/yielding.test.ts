import { describe, expect, it } from 'vitest'
import { type CgroupFacts, type GroupTools, prepareYielding, yieldingOf } from './yielding.ts'

const local: CgroupFacts = { kind: 'docker', driver: 'cgroupfs', version: '2', isLocal: true, rootless: false }

/** A system that grants what is listed, and remembers what it was asked. */
function toolsThat(grants: (what: string) => boolean): GroupTools & { asked: string[] } {
  const asked: string[] = []
  const answer = (what: string): Promise<void> => {
    asked.push(what)
    return grants(what) ? Promise.resolve() : Promise.reject(new Error('not allowed'))
  }
  return { asked, write: (folder, file, value) => answer(`${folder}/${file} ${value}`), systemctl: (args) => answer(args.join(' ')) }
}
const everything = () => true
const nothing = () => false

describe('guests’ own group', () => {
  it.each<[string, Partial<CgroupFacts>, (what: string) => boolean, object]>([
    ['by the kernel’s files, second version', {}, everything, { cgroupParent: '/depin', softMemory: false, says: { weight: 'group', memory: false } }],
    ['by the kernel’s files, first version', { version: '1' }, everything, { cgroupParent: '/depin', softMemory: true, says: { weight: 'group', memory: true, why: null } }],
    ['by systemd', { driver: 'systemd' }, everything, { cgroupParent: 'depin.slice', says: { weight: 'group' } }],
    ['not allowed: each guest beside the owner’s programs', {}, nothing, { cgroupParent: '/', says: { weight: 'each' } }],
    ['not allowed by systemd', { driver: 'systemd' }, nothing, { cgroupParent: '-.slice', says: { weight: 'each' } }],
    ['in a virtual machine', { isLocal: false }, everything, { cgroupParent: null, says: { weight: 'none', memory: false } }],
    ['without root', { rootless: true }, everything, { cgroupParent: null, says: { weight: 'none' } }],
    ['Podman', { kind: 'podman' }, everything, { cgroupParent: null, says: { weight: 'none' } }],
  ])('%s', async (_, change, grants, expected) => {
    const traits = await prepareYielding({ ...local, ...change }, toolsThat(grants))
    expect(traits).toMatchObject(expected)
    // what cannot be had is said
    if (traits.says.weight !== 'group' || !traits.says.memory) expect(traits.says.why).toMatch(/\.$/)
  })

  it('weighs next to nothing, but for as long as guests must do something themselves', async () => {
    const tools = toolsThat(everything)
    const { whileHeavy } = await prepareYielding({ ...local, version: '1' }, tools)
    const file = '/sys/fs/cgroup/cpu/depin/cpu.shares'
    expect(tools.asked).toEqual([`${file} 10`])
    await Promise.all([whileHeavy(() => Promise.resolve()), expect(whileHeavy(() => Promise.reject(new Error('no')))).rejects.toThrow('no')])
    expect(tools.asked).toEqual([`${file} 10`, `${file} 1024`, `${file} 10`])
  })
})

describe('a guest', () => {
  const limits = { cpuMilli: 1500, memoryMiB: 512, pids: 10 }

  it('shares with other guests as it pays where they have a group of their own, and has the least weight where not', async () => {
    expect(yieldingOf(limits, await prepareYielding(local, toolsThat(everything)))).toEqual({ CpuShares: 1536, CgroupParent: '/depin' })
    expect(yieldingOf(limits, await prepareYielding(local, toolsThat(nothing)))).toEqual({ CpuShares: 2, CgroupParent: '/' })
    expect(yieldingOf(limits, undefined)).toEqual({ CpuShares: 2 })
  })

  it('gives back memory first where that can be asked for, and never reserves more than it may use', async () => {
    const first = await prepareYielding({ ...local, version: '1' }, toolsThat(everything))
    expect(yieldingOf(limits, first).MemoryReservation).toBe(64 * 1024 ** 2)
    expect(yieldingOf({ ...limits, memoryMiB: 4 }, first).MemoryReservation).toBe(4 * 1024 ** 2)
  })
})
