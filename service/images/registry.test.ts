import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSystemClock } from '../base/index.ts'
import { TestRegistry } from '../testing/registry.ts'
import { createRegistryClient } from './registry.ts'

describe('asking a registry', () => {
  const signal = new AbortController().signal
  let registry: TestRegistry
  beforeEach(async () => {
    registry = new TestRegistry()
    await registry.start()
  })
  afterEach(() => registry.stop())

  it('tells what an image is before anything is fetched', async () => {
    const layer = Buffer.alloc(10_000, 'x')
    const manifest = registry.publish({ name: 'app', arch: 'amd64', layer }, '1')
    const client = createRegistryClient(createSystemClock())
    const source = await client.resolve(`${registry.ref('app')}:1`, signal)
    expect(source).toMatchObject({ variants: [{ platform: { os: 'linux', arch: 'amd64' }, manifest, layers: [expect.stringMatching(/^sha256:/)], sizeBytes: null }] })
    expect(source.variants[0]!.downloadBytes).toBeGreaterThan(10_000)
    expect(await client.resolve(`${registry.ref('app')}@${manifest}`, signal)).toEqual(source)
    await expect(client.resolve(`${registry.ref('app')}:2`, signal)).rejects.toMatchObject({ code: 'E_IMAGE_NOT_FOUND' })
    await expect(client.resolve('127.0.0.1:1/app', signal)).rejects.toMatchObject({ code: 'E_REGISTRY_UNREACHABLE' })
  })

  it('takes the anonymous token it is sent for, and chooses Linux out of an index; what is not what its digest says is refused', async () => {
    registry.publish({ name: 'app', arch: 'arm64', layer: Buffer.from('x') }, '1')
    const direct = await createRegistryClient(createSystemClock()).resolve(`${registry.ref('app')}:1`, signal)
    const { manifest } = direct.variants[0]!
    const asked: string[] = []
    const index = JSON.stringify({ manifests: [
      { digest: manifest, size: 1, platform: { os: 'linux', architecture: 'arm64' } },
      { digest: `sha256:${'0'.repeat(64)}`, size: 1, platform: { os: 'unknown', architecture: 'unknown' } },
    ] })
    const client = createRegistryClient(createSystemClock(), async (input, init) => {
      const url = input instanceof URL ? input.href : input as string
      asked.push(url)
      if (url.startsWith('https://auth.example.org')) return new Response(JSON.stringify({ token: 'secret' }))
      const headers = new Headers(init?.headers)
      if (headers.get('authorization') !== 'Bearer secret') return new Response('', { status: 401, headers: { 'www-authenticate': 'Bearer realm="https://auth.example.org/token",service="r"' } })
      return url.endsWith('/manifests/multi') ? new Response(index) : await fetch(url, init)
    })
    expect((await client.resolve(`${registry.ref('app')}:multi`, signal)).variants).toEqual(direct.variants)
    expect(asked[1]).toBe('https://auth.example.org/token?scope=repository%3Aapp%3Apull&service=r')
    const liar = createRegistryClient(createSystemClock(), () => Promise.resolve(new Response('{}')))
    await expect(liar.resolve(`${registry.ref('app')}@${manifest!}`, signal)).rejects.toMatchObject({ code: 'E_REGISTRY_UNREACHABLE' })
  })
})
