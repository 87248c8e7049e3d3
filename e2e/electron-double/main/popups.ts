import { setTimeout as sleep } from 'node:timers/promises'
import { runtime } from '../base/runtime.ts'
import type { OpenedTarget } from '../chromium/browser.ts'
import { toOuter } from './protocol.ts'
import { WebContentsDouble } from './web-contents.ts'

const deadlineMs = 2_000

/**
 * A link with a target makes Chromium open a page at once. It is read where it wants to go, and closed; then the app is asked, as it
 * would have been before.
 */
export function openedTarget({ targetId, sessionId, openerId }: OpenedTarget): void {
  void takeUrl(targetId, sessionId).then((url) => {
    const opener = WebContentsDouble.fromDevToolsTargetId(openerId)
    if (url === undefined || opener === undefined) return
    WebContentsDouble.open(opener, { url: toOuter(url), frameName: '', features: '', disposition: 'foreground-tab', referrer: { url: opener.getURL(), policy: 'strict-origin-when-cross-origin' } })
  }).catch(() => undefined)
}

async function takeUrl(targetId: string, sessionId: string): Promise<string | undefined> {
  const { browser } = runtime
  if (browser === undefined) return undefined
  const asked = new Promise<string>((resolve) => browser.listen(sessionId, (event) => {
    if (event.method === 'Fetch.requestPaused') resolve(event.params.request.url)
  }))
  await browser.send('Fetch.enable', { patterns: [{ urlPattern: '*' }] }, sessionId)
  // Answered only when the page has gone where it wants to.
  browser.send('Runtime.runIfWaitingForDebugger', {}, sessionId).catch(() => undefined)
  const url = await Promise.race([asked, sleep(deadlineMs)])
  // Not waited for: Chromium lets go of it when it likes.
  void browser.closePage(targetId, sessionId)
  return url ?? undefined
}
