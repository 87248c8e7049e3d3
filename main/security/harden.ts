/** Closes what Electron leaves open. Each line has a test that attacks it: `e2e/desktop/security.spec.ts`. */
import { app, type Session, session, shell, type WebContents } from 'electron'
import type { Log } from '../base/log.ts'
import { isOurs } from './origin.ts'
import { outsideUrl } from './outside.ts'

/** For every window there will ever be. */
export function hardenContents(log: Log): void {
  app.on('web-contents-created', (_event, contents) => hardenOne(contents, log))
}

function hardenOne(contents: WebContents, log: Log): void {
  const stay = (event: { preventDefault: () => void, url: string }): void => {
    if (isOurs(event.url)) return
    event.preventDefault()
    log('a navigation was refused', { url: event.url.slice(0, 200) })
  }
  contents.on('will-navigate', stay)
  contents.on('will-frame-navigate', stay)
  contents.on('will-redirect', stay)
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    const outside = outsideUrl(url)
    if (outside !== null) void shell.openExternal(outside)
    else log('an address was not opened', { url: url.slice(0, 200) })
    return { action: 'deny' }
  })
}

/** For the one session there is. Electron grants permissions by default: none is granted here but writing to the clipboard. */
export function hardenSession(used: Session = session.defaultSession): void {
  const isAllowed = (permission: string): boolean => permission === 'clipboard-sanitized-write'
  used.setPermissionRequestHandler((contents, permission, answer) => answer(isAllowed(permission) && isOurs(contents.getURL())))
  used.setPermissionCheckHandler((_contents, permission, requestingOrigin) => isAllowed(permission) && isOurs(requestingOrigin))
  used.setDevicePermissionHandler(() => false)
  used.setDisplayMediaRequestHandler((_request, answer) => answer({}))
  // it would fetch dictionaries from elsewhere
  used.setSpellCheckerEnabled(false)
  used.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: !isOurs(url) && !url.startsWith('data:') && !url.startsWith('blob:app://depin/') && !url.startsWith('devtools:') }))
  used.on('will-download', (event, item) => {
    // a log or a report that the person saves is made by the page itself
    if (!item.getURL().startsWith('blob:app://depin/') && !item.getURL().startsWith('data:')) event.preventDefault()
  })
}
