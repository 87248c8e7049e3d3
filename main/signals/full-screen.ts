/** Whether something fills the screen: a game, a film, a call. Each system is asked in its own way; null: it cannot tell. */
import { execFile } from 'node:child_process'
import type { Ask } from '../tray/host.ts'

const askDeadlineMs = 5_000

export interface FullScreenReader {
  read(): Promise<boolean | null>
}

export function createFullScreenReader(platform: NodeJS.Platform, sessionType: string | undefined, ask: Ask = run): FullScreenReader {
  switch (platform) {
    case 'linux': return { read: () => sessionType === 'x11' ? readX11(ask) : Promise.resolve(null) }
    case 'darwin': return { read: async () => readWord(await ask('osascript', ['-l', 'JavaScript', '-e', macScript])) }
    case 'win32': return { read: async () => readWindowsState(await ask('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', windowsScript])) }
    default: return { read: () => Promise.resolve(null) }
  }
}

/** The window in front, and whether it has asked to fill its screen. */
async function readX11(ask: Ask): Promise<boolean | null> {
  const id = /window id # (0x[0-9a-f]+)/.exec(await ask('xprop', ['-root', '_NET_ACTIVE_WINDOW']) ?? '')?.[1]
  if (id === undefined) return null
  // no window is in front
  if (Number(id) === 0) return false
  const state = await ask('xprop', ['-id', id, '_NET_WM_STATE'])
  return state === null ? null : state.includes('_NET_WM_STATE_FULLSCREEN')
}

/** A window of the usual layer that is as large as the main display. */
const macScript = `ObjC.import('CoreGraphics'); ObjC.import('AppKit')
const size = $.NSScreen.mainScreen.frame.size
const list = ObjC.deepUnwrap(ObjC.castRefToObject($.CGWindowListCopyWindowInfo($.kCGWindowListOptionOnScreenOnly | $.kCGWindowListExcludeDesktopElements, 0)))
String(list.some((w) => w.kCGWindowLayer === 0 && w.kCGWindowBounds.Width >= size.width && w.kCGWindowBounds.Height >= size.height))`

function readWord(answer: string | null): boolean | null {
  const word = answer?.trim()
  return word === 'true' ? true : word === 'false' ? false : null
}

/** SHQueryUserNotificationState: 2 something fills the screen, 3 a full-screen game, 4 a presentation. */
const windowsScript = `$d = Add-Type -PassThru -Name S -Namespace Depin -MemberDefinition '[DllImport("shell32.dll")] public static extern int SHQueryUserNotificationState(out int s);'; $s = 0; [void]$d::SHQueryUserNotificationState([ref]$s); $s`

export function readWindowsState(answer: string | null): boolean | null {
  const state = Number.parseInt(answer ?? '', 10)
  return state >= 1 && state <= 7 ? state >= 2 && state <= 4 : null
}

function run(program: string, args: readonly string[]): Promise<string | null> {
  return new Promise((resolve) => {
    execFile(program, [...args], { timeout: askDeadlineMs, windowsHide: true }, (error, stdout) => resolve(error === null ? stdout : null))
  })
}
