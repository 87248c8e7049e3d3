import { describe, expect, it } from 'vitest'
import { type ImageInside, scratchMounts } from './scratch.ts'

const none = { tmpfs: [], volumes: [], limits: { cpuMilli: 100, memoryMiB: 256, pids: 10 } }
const volume = (path: string) => ({ name: 'v', path, readOnly: false })
const app: ImageInside = { user: { uid: 33, gid: 34 }, runDirectories: ['/run/app', '/run/lock', '/run/lock/app'] }
const usual = ['/run', '/tmp', '/var/tmp']
const pathsOf = (change: object, inside = app): string[] => Object.keys(scratchMounts({ ...none, ...change }, inside, 'docker'))

describe('scratch space', () => {
  it('is there with the directories that the image has below /run', () => {
    expect(pathsOf({})).toEqual([...usual, ...app.runDirectories])
    expect(Object.keys(scratchMounts(none, null, 'docker'))).toEqual(usual)
  })

  it('belongs to who the service runs as, in the words of each engine; root has what it needs', () => {
    const owners = (inside: ImageInside | null, kind: 'docker' | 'podman') => new Set(Object.values(scratchMounts({ ...none, tmpfs: [{ path: '/var/lib/thing', sizeMiB: 4 }] }, inside, kind)).map((options) => options.replace(/^.*mode=1777,?/, '')))
    expect(owners(app, 'docker')).toEqual(new Set(['uid=33,gid=34']))
    expect(owners(app, 'podman')).toEqual(new Set(['U']))
    for (const inside of [null, { ...app, user: null }, { ...app, user: { uid: 0, gid: 5 } }, { ...app, user: { uid: 1.5, gid: 5 } }, { ...app, user: { uid: 5, gid: 2 ** 31 } }]) expect(owners(inside, 'docker')).toEqual(new Set(['']))
  })

  it('leaves to volumes what is theirs, by either name of /run', () => {
    expect(pathsOf({ volumes: [volume('/run/lock')] })).toEqual([...usual, '/run/app'])
    expect(pathsOf({ volumes: [volume('/var/run/lock')] })).toEqual([...usual, '/run/app'])
    expect(pathsOf({ volumes: [volume('/run/lock/app/data')] })).toEqual([...usual, ...app.runDirectories])
    expect(pathsOf({ volumes: [volume('/run')] })).toEqual(['/tmp', '/var/tmp'])
    expect(pathsOf({ volumes: [volume('/var/run')] })).toEqual(usual)
  })

  it('is as large as was asked for where it was asked for', () => {
    const tmpfs = [{ path: '/run', sizeMiB: 7 }, { path: '/run/app', sizeMiB: 8 }, { path: '/var/run/lock', sizeMiB: 9 }]
    const mounts = scratchMounts({ ...none, tmpfs }, app, 'docker')
    expect(Object.entries(mounts).map(([path, options]) => [path, /size=(\d+)m/.exec(options)?.[1]])).toEqual([
      ['/run', '7'], ['/tmp', '128'], ['/var/tmp', '128'], ['/run/app', '8'], ['/var/run/lock', '9'],
    ])
  })

  it('takes from an image no more directories than it needs, and none that could mean something else', () => {
    const odd = ['/run', '/run/', '/run/..', '/run/../etc', '/run/.hidden', '/run/a,exec', '/run/a:b', '/run/a b', '/run/a/b/c', '/runner/a', '/etc', 'run/a', '/run/-o', '/run/a/', '/run/a\n', `/run/${'a'.repeat(65)}`, '/run/é']
    expect(pathsOf({}, { user: null, runDirectories: odd })).toEqual(usual)
    expect(pathsOf({}, { user: null, runDirectories: Array.from({ length: 1000 }, (_, at) => `/run/d${at}`) })).toHaveLength(3 + 32)
  })
})
