import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { guardSource } from '../../testing/guard-source.ts'
import type { ImageInfo } from '../types.ts'
import { ensureGuardImage, guardImage } from './image.ts'
import { probePrograms } from './probe-programs.ts'
import { programs } from './programs.ts'

const machines = { amd64: 62, arm64: 183 } as const

describe('the guard\'s program', () => {
  it.each([['guard', programs], ['probe', probePrograms]] as const)('was built from the source that is here: npm run guard:build (%s)', (name, built) => {
    const source = guardSource(join(import.meta.dirname, `../../../guard/${name}.c`))
    expect(built.source).toBe(createHash('sha256').update(source).digest('hex'))
  })

  it.each(['amd64', 'arm64'] as const)('is a small executable of its own for %s', (arch) => {
    const program = Buffer.from(programs.binaries[arch], 'base64')
    expect(program.subarray(0, 4)).toEqual(Buffer.from('\x7fELF'))
    // ET_EXEC: no interpreter, no libraries
    expect([program.readUInt16LE(16), program.readUInt16LE(18)]).toEqual([2, machines[arch]])
    expect(program.length).toBeLessThan(8192)
  })
})

describe('the guard\'s image', () => {
  const signal = new AbortController().signal
  const image = guardImage('amd64')
  const info: ImageInfo = {
    id: image.config.digest, config: image.config.digest, layers: image.layers.map(({ digest }) => digest), digests: [], os: 'linux', arch: 'amd64', sizeBytes: 3000,
    exposedPorts: [], volumes: [], healthcheck: false,
  }

  function engine(present: ImageInfo | null, afterwards = info): Parameters<typeof ensureGuardImage>[0] & { loaded: string[] } {
    const loaded: string[] = []
    return {
      loaded, status: { arch: 'amd64' }, inspectImage: () => Promise.resolve(present),
      loadImage: ({ name }) => {
        loaded.push(name)
        return Promise.resolve(afterwards)
      },
    }
  }

  it('is the same each time, under a name of its own for each content', () => {
    expect(guardImage('amd64').config).toEqual(image.config)
    expect(image.name).toMatch(/^localhost\/depin-guard:[0-9a-f]{24}$/)
    expect(guardImage('arm64').name).not.toBe(image.name)
    expect(image.layers.map(({ sizeBytes }) => sizeBytes)).toEqual([11_264])
  })

  it('is loaded where it is not there, or another has its name', async () => {
    const [has, lacks, other, kept] = [engine(info), engine(null), engine({ ...info, layers: ['sha256:other'] }), engine({ ...info, id: 'sha256:manifest', config: null })]
    for (const each of [has, lacks, other, kept]) await ensureGuardImage(each, signal)
    expect([has, lacks, other, kept].map(({ loaded }) => loaded)).toEqual([[], [image.name], [image.name], []])
    await expect(ensureGuardImage(engine(null, { ...info, config: 'sha256:other' }), signal)).rejects.toMatchObject({ code: 'E_ENGINE' })
  })

  it('is for the processors that there is a guard for', async () => {
    await expect(ensureGuardImage({ ...engine(null), status: { arch: 'toString' } }, signal)).rejects.toMatchObject({ code: 'E_IMAGE_PLATFORM' })
  })
})
