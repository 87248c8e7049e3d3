import { describe, expect, it } from 'vitest'
import { examples } from './examples/examples.ts'
import { factsFrom, parseOsRelease } from './facts.ts'
import type { Recorded } from './recorded.ts'

const recordedOf = (name: string): Recorded => examples.find((example) => example.name === name)!.recorded
const factsOf = (name: string, change: Partial<Recorded> = {}) => factsFrom({ ...recordedOf(name), ...change })

describe('what a machine is', () => {
  it.each([
    ['debian', { summary: { platform: 'linux', name: 'Debian GNU/Linux 12 (bookworm)', arch: 'amd64' }, family: ['debian'], version: '12', init: 'systemd', isRoot: true, consent: 'root', hasUserSession: false }],
    ['ubuntu', { family: ['ubuntu', 'debian'], version: '24.04', init: 'systemd', isRoot: false, consent: 'pkexec', hasUserSession: true }],
    ['mint', { family: ['linuxmint', 'ubuntu', 'debian'], version: '24.04' }],
    ['opensuse', { family: ['opensuse-tumbleweed', 'opensuse', 'suse'], version: '20240823' }],
    ['arch', { family: ['arch'], version: '' }],
    ['debian-plain', { init: 'none' }],
    ['wsl1', { traits: ['wsl1'], init: 'none', consent: 'sudo' }],
    ['wsl2', { traits: [], init: 'none' }],
    ['container', { traits: ['container'] }],
    ['silverblue', { traits: ['image-based'] }],
    ['nixos', { traits: ['declared'] }],
    ['no-consent', { consent: null }],
    ['macos', { platform: 'darwin', version: '15.1', arch: 'arm64', virtualisation: 'on', consent: 'osascript', summary: { platform: 'darwin', name: 'macOS 15.1', arch: 'arm64' } }],
    ['macos-vm', { virtualisation: 'off' }],
    ['windows', { platform: 'win32', version: '26100', virtualisation: 'on', wsl: 'ready', consent: 'uac', summary: { platform: 'win32', name: 'Windows 11, build 26100', arch: 'amd64' } }],
    ['windows-10', { summary: { platform: 'win32', name: 'Windows 10, build 19045', arch: 'amd64' }, wsl: 'off', virtualisation: 'on' }],
    ['windows-no-virtualisation', { virtualisation: 'off' }],
  ])('%s', (name, expected) => {
    expect(factsOf(name)).toMatchObject(expected)
  })

  it('in a container that may make others is as any other', () => {
    expect(factsOf('container', { files: { '/proc/self/status': 'CapEff:\t000001ffffffffff\n' } }).traits).toEqual([])
  })

  it('that answers nothing is of no known kind', () => {
    expect(factsOf('debian', { files: {}, paths: [] })).toMatchObject({ family: [], version: '', init: 'none', summary: { name: 'Linux' } })
    expect(factsOf('windows', { answers: {} })).toMatchObject({ virtualisation: 'unknown', wsl: 'off' })
    expect(factsOf('macos', { answers: {} })).toMatchObject({ virtualisation: 'unknown', version: '' })
  })

  it('is not asked for consent where no prompt could be seen', () => {
    expect(factsOf('macos', { env: { SSH_CONNECTION: '192.0.2.1 1 192.0.2.2 22' } }).consent).toBeNull()
    expect(factsOf('ubuntu', { env: {}, hasTerminal: true }).consent).toBe('sudo')
    expect(factsOf('ubuntu', { env: {} }).consent).toBeNull()
  })
})

describe('os-release', () => {
  it('is read with and without quotes, and without what is no assignment', () => {
    expect(parseOsRelease('# x\nID=debian\nNAME="A B"\nV=\'1\'\nnot this\nE=""\n')).toEqual({ ID: 'debian', NAME: 'A B', V: '1', E: '' })
  })
})
