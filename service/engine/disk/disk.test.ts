import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { guardSource } from '../../testing/guard-source.ts'
import { attachedDevices } from './attached.ts'
import { attacherImage } from './image.ts'
import { type LoopSurroundings, noLoopBecause } from './means.ts'
import { imagePath, orderArguments, parseImagePath } from './orders.ts'
import { loopPrograms } from './programs.ts'

const machines = { amd64: 62, arm64: 183 } as const

describe('the attacher', () => {
  it('was built from the source that is here: npm run guard:build', () => {
    const source = guardSource(join(import.meta.dirname, '../../../guard/loop.c'))
    expect(loopPrograms.source).toBe(createHash('sha256').update(source).digest('hex'))
  })

  it.each(['amd64', 'arm64'] as const)('is a small executable of its own for %s', (arch) => {
    const program = Buffer.from(loopPrograms.binaries[arch], 'base64')
    expect(program.subarray(0, 4)).toEqual(Buffer.from('\x7fELF'))
    expect([program.readUInt16LE(16), program.readUInt16LE(18)]).toEqual([2, machines[arch]])
    expect(program.length).toBeLessThan(4096)
    expect(attacherImage(arch).config).toEqual(attacherImage(arch).config)
  })

  it('is told devices, images and their marks, and nothing else', () => {
    const path = imagePath('node', 'lease', 'data', 1024)
    const [verb, device, image, mark] = orderArguments({ verb: 'attach', images: [{ device: 1024, path }] })
    expect([verb, device, image]).toEqual(['attach', '1024', 'node/lease/1024-data.img'])
    expect(mark).toMatch(/^depin-[0-9a-f]{40}$/)
    expect(orderArguments({ verb: 'detach', images: [{ device: 1024, path }] })).toEqual(['detach', '1024', mark])
    expect(() => orderArguments({ verb: 'attach', images: [{ device: 0, path }] })).toThrow(expect.objectContaining({ code: 'E_BAD_INPUT' }))
  })
})

describe('the path of an image', () => {
  it('says what is on it, and no other path does', () => {
    expect(parseImagePath(imagePath('node', 'lease', 'da-ta.1', 2000))).toEqual({ node: 'node', leaseId: 'lease', volume: 'da-ta.1', device: 2000, path: 'node/lease/2000-da-ta.1.img' })
    for (const path of ['', 'a.img', 'node/lease/5-data.img', 'node/lease/9999-data.img', 'node/lease/1024-.img', 'node/lease/1024-data.img.new', '../lease/1024-a.img', 'node/lease/1024-a/../b.img']) {
      expect(parseImagePath(path), path).toBeNull()
    }
  })
})

describe('attached devices', () => {
  it('are read from the kernel: ours, ours whose image is gone, and others’', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'depin-block-'))
    try {
      for (const [name, backing] of [['loop0', '/snap/core.img'], ['loop1024', '/node/lease/1024-data.img'], ['loop1025', '/node/lease/1025-b.img (deleted)'], ['loop1026', '/node/lease/1024-data.img'], ['loop7', null], ['sda', null]] as const) {
        await mkdir(join(directory, name, 'loop'), { recursive: true })
        await writeFile(join(directory, name, 'dev'), `7:${name.replace(/\D+/, '')}\n`)
        if (backing !== null) await writeFile(join(directory, name, 'loop/backing_file'), `${backing}\n`)
      }
      const found = (await attachedDevices(directory)).map(({ device, majorMinor, image, isDeleted }) => [device, majorMinor, image?.volume ?? null, isDeleted] as const)
      expect(found.sort(([a], [b]) => a - b)).toEqual([[0, '7:0', null, false], [1024, '7:1024', 'data', false], [1025, '7:1025', 'b', true], [1026, '7:1026', null, false]])
    } finally {
      await rm(directory, { recursive: true })
    }
  })
})

describe('loop devices', () => {
  const fit: LoopSurroundings = {
    platform: 'linux', kind: 'docker', isLocal: true, rootless: false, userNamespaces: false, directory: '/d', canFormat: true, hasProgram: true,
    control: { mode: 0o20660, uid: 0, gid: 6 }, uid: 1000,
  }
  it('are tried where all is there for them, and the reason is said where it is not', () => {
    expect(noLoopBecause(fit)).toBeNull()
    expect(noLoopBecause({ ...fit, uid: 0, control: { mode: 0o20600, uid: 0, gid: 0 } })).toBeNull()
    const reasons = ([
      { platform: 'darwin' }, { isLocal: false }, { kind: 'podman' }, { rootless: true }, { userNamespaces: true }, { directory: null }, { canFormat: false }, { hasProgram: false },
      { control: null }, { control: { mode: 0o20600, uid: 0, gid: 0 } },
    ] satisfies Partial<LoopSurroundings>[]).map((change) => noLoopBecause({ ...fit, ...change }))
    expect(new Set(reasons).size).toBe(9)
    expect(reasons).not.toContain(null)
  })
})
