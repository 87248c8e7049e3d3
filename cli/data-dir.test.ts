import { describe, expect, it } from 'vitest'
import { dataDirOf } from './data-dir.ts'

const io = { env: {}, cwd: '/home/ada/here', home: '/home/ada', platform: 'linux' as NodeJS.Platform }

describe('the data directory', () => {
  it.each([
    ['the flag before all', 'mine', { DEPIN_DATA_DIR: '/other' }, 'linux', '/home/ada/here/mine'],
    ['the variable', undefined, { DEPIN_DATA_DIR: 'other', XDG_DATA_HOME: '/xdg' }, 'linux', '/home/ada/here/other'],
    ['the XDG data home', undefined, { DEPIN_DATA_DIR: '', XDG_DATA_HOME: '/xdg' }, 'linux', '/xdg/depin'],
    ['its default, when that is relative', undefined, { XDG_DATA_HOME: 'xdg' }, 'linux', '/home/ada/.local/share/depin'],
    ['macOS’s', undefined, { XDG_DATA_HOME: '/xdg' }, 'darwin', '/home/ada/Library/Application Support/Depin'],
    ['Windows’s', undefined, { APPDATA: '/appdata' }, 'win32', '/appdata\\Depin'],
  ] as const)('is %s', (_, option, env, platform, expected) => {
    expect(dataDirOf(option, { ...io, env, platform })).toBe(expected)
  })

  it('is never this folder because a variable of a script was empty', () => {
    expect(() => dataDirOf('', io)).toThrow(expect.objectContaining({ code: 'E_USAGE' }))
  })
})
