/**
 * The names by which the desktop's window and its main process speak. Imports nothing: the preload is made of this file.
 * What travels is in `shell.ts`.
 */

/** The window asks, main answers: each is a function of the same name on `window.depin`. */
export const desktopCalls = ['state', 'retryService', 'setLanguage', 'setOpenAtLogin', 'setNotify', 'setKeySealed', 'joinSeen', 'quit'] as const
export type DesktopCall = (typeof desktopCalls)[number]

/** Main tells the window. `state`: what the shell is now. `go`: show this screen. */
export const desktopNews = ['state', 'go'] as const
export type DesktopNews = (typeof desktopNews)[number]

export function channelOf(name: DesktopCall | DesktopNews): string {
  return `depin:${name}`
}

/** The window asks for a port to the service, with an id of its own choice; the port comes with the same id. */
export const connectChannel = 'depin:connect'
export const portChannel = 'depin:port'
