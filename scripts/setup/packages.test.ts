import { describe, expect, it } from 'vitest'
import { isInstalled, type Lockfile, type Machine, packagesFor } from './packages.mjs'

const machine: Machine = { platform: 'linux', arch: 'x64', libc: 'glibc' }

const lockfile: Lockfile = {
  packages: {
    '': { version: '0.1.0' },
    'node_modules/zod': { version: '4.0.0', integrity: 'sha512-zod' },
    'node_modules/binding-linux': { version: '1.0.0', integrity: 'sha512-lin', optional: true, os: ['linux'], cpu: ['x64'], libc: ['glibc'] },
    'node_modules/binding-musl': { version: '1.0.0', integrity: 'sha512-mus', optional: true, os: ['linux'], cpu: ['x64'], libc: ['musl'] },
    'node_modules/binding-mac': { version: '1.0.0', integrity: 'sha512-mac', optional: true, os: ['darwin'], cpu: ['arm64'] },
    'node_modules/not-on-windows': { version: '1.0.0', integrity: 'sha512-not', os: ['!win32'] },
    'node_modules/helper-of-mac': { version: '1.0.0', integrity: 'sha512-hel', optional: true },
  },
}
const { '': _, 'node_modules/binding-musl': _musl, 'node_modules/binding-mac': _mac, 'node_modules/helper-of-mac': _helper, ...installed } = lockfile.packages

describe('the packages of a kind of machine', () => {
  it('are those made for it or for any', () => {
    expect(packagesFor(lockfile, machine).map(([path]) => path)).toEqual([
      'node_modules/zod', 'node_modules/binding-linux', 'node_modules/not-on-windows', 'node_modules/helper-of-mac',
    ])
    expect(packagesFor(lockfile, { platform: 'win32', arch: 'x64', libc: undefined }).map(([path]) => path)).toEqual(['node_modules/zod', 'node_modules/helper-of-mac'])
  })
})

describe('node_modules is what the lockfile says', () => {
  it('with all that belongs here, though without what only other machines need', () => {
    expect(isInstalled(lockfile, { packages: installed }, machine)).toBe(true)
  })

  it.each<[string, Lockfile | undefined]>([
    ['npm left no note', undefined],
    ['a package is missing', { packages: { ...installed, 'node_modules/zod': undefined } as never }],
    ['a package has another version', { packages: { ...installed, 'node_modules/zod': { version: '3.0.0', integrity: 'sha512-zod' } } }],
    ['a package has other content', { packages: { ...installed, 'node_modules/zod': { version: '4.0.0', integrity: 'sha512-odd' } } }],
    ['a package was added', { packages: { ...installed, 'node_modules/more': { version: '1.0.0' } } }],
    ['npm left out the binding for this machine', { packages: { ...installed, 'node_modules/binding-linux': undefined } as never }],
  ])('not when %s', (_what, note) => {
    expect(isInstalled(lockfile, note, machine)).toBe(false)
  })
})
