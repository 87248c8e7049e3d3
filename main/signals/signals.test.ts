import { describe, expect, it } from 'vitest'
import { SignalsPush } from '../../contract/nouns/owner.ts'
import { createFullScreenReader, readWindowsState } from './full-screen.ts'
import { type DesktopReading, signalsOf } from './read.ts'

const here: DesktopReading = { platform: 'win32', sessionType: undefined, idleS: 90, isLocked: false, onBattery: true, fullScreen: true }

describe('what the desktop tells the service', () => {
  it('is what the contract takes', () => {
    expect(SignalsPush.parse(signalsOf(here))).toEqual({ idleMs: 90_000, fullScreen: true, power: { onBattery: true, percent: null } })
  })

  it('leaves the battery to the service on Linux, which knows its charge', () => {
    expect(signalsOf({ ...here, platform: 'linux', sessionType: 'x11' })).toEqual({ idleMs: 90_000, fullScreen: true })
  })

  it('does not take Wayland’s “somebody is here, always” for the truth', () => {
    expect(signalsOf({ ...here, platform: 'linux', sessionType: 'wayland', idleS: 0 }).idleMs).toBeNull()
    expect(signalsOf({ ...here, platform: 'linux', idleS: 0 }).idleMs).toBeNull()
  })

  it('sees nothing that fills a locked screen', () => {
    expect(signalsOf({ ...here, isLocked: true }).fullScreen).toBe(false)
  })
})

/** Answers by what is asked. */
function asking(answers: Record<string, string>) {
  return (program: string, args: readonly string[]): Promise<string | null> => Promise.resolve(answers[[program, ...args].join(' ')] ?? null)
}

describe('full screen', () => {
  const active = { 'xprop -root _NET_ACTIVE_WINDOW': '_NET_ACTIVE_WINDOW(WINDOW): window id # 0x3a00007\n' }
  const linux = (answers: Record<string, string>, session = 'x11'): Promise<boolean | null> => createFullScreenReader('linux', session, asking(answers)).read()

  it('is what the window in front says on X11', async () => {
    expect(await linux({ ...active, 'xprop -id 0x3a00007 _NET_WM_STATE': '_NET_WM_STATE(ATOM) = _NET_WM_STATE_FULLSCREEN, _NET_WM_STATE_FOCUSED\n' })).toBe(true)
    expect(await linux({ ...active, 'xprop -id 0x3a00007 _NET_WM_STATE': '_NET_WM_STATE(ATOM) = _NET_WM_STATE_FOCUSED\n' })).toBe(false)
    expect(await linux({ 'xprop -root _NET_ACTIVE_WINDOW': '_NET_ACTIVE_WINDOW(WINDOW): window id # 0x0\n' })).toBe(false)
  })

  it('is not known where nobody tells', async () => {
    expect(await linux({})).toBeNull()
    expect(await linux(active)).toBeNull()
    expect(await linux(active, 'wayland')).toBeNull()
    expect(await createFullScreenReader('freebsd', undefined, asking({})).read()).toBeNull()
  })

  it('is Windows’ own word: games, films and presentations', () => {
    expect(['1', '2', '3\r\n', '4', '5', '7', '0', '9', '', null].map(readWindowsState)).toEqual([false, true, true, true, false, false, null, null, null, null])
  })
})
