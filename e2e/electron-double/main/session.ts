import { EventEmitter } from 'node:events'
import type { Some } from '../base/faithful.ts'
import { whole } from '../base/faithful.ts'
import { needReady, runtime } from '../base/runtime.ts'
import type { Permission } from '../page/messages.ts'
import { fetchAny, protocol } from './protocol.ts'
import { WebRequestDouble } from './web-request.ts'

type RequestHandler = Parameters<Electron.Session['setPermissionRequestHandler']>[0]
type CheckHandler = Parameters<Electron.Session['setPermissionCheckHandler']>[0]

/** One for each partition; windows have the default one. */
export class SessionDouble extends EventEmitter implements Some<Electron.Session> {
  readonly protocol = whole<Electron.Protocol>(protocol)
  readonly webRequest = whole<Electron.WebRequest>(new WebRequestDouble())
  private requestHandler: RequestHandler = null
  private checkHandler: CheckHandler = null

  setPermissionRequestHandler(handler: RequestHandler): void { this.requestHandler = handler }
  setPermissionCheckHandler(handler: CheckHandler): void { this.checkHandler = handler }

  // Handlers of what no page can ask for here: there is no device, and no screen to share.
  setDevicePermissionHandler(_handler: Parameters<Electron.Session['setDevicePermissionHandler']>[0]): void { /* nothing asks */ }
  setDisplayMediaRequestHandler(_handler: Parameters<Electron.Session['setDisplayMediaRequestHandler']>[0]): void { /* nothing asks */ }
  setCertificateVerifyProc(_verify: Parameters<Electron.Session['setCertificateVerifyProc']>[0]): void { /* no name leads to a server with a certificate */ }
  setSpellCheckerEnabled(_isEnabled: boolean): void { /* Chromium has no dictionaries here */ }
  setSpellCheckerLanguages(_languages: string[]): void { /* Chromium has no dictionaries here */ }

  fetch(input: string | Request, init?: RequestInit): Promise<Response> { return fetchAny(input, init) }
  async clearCache(): Promise<void> { await runtime.browser?.send('Network.clearBrowserCache').catch(() => undefined) }

  /** Whether the app grants what a page asks for; where it has no handler, Electron grants everything. */
  static async ask({ requestHandler, checkHandler }: SessionDouble, contents: Electron.WebContents, permission: Permission, isCheck: boolean): Promise<boolean> {
    const requestingUrl = contents.getURL()
    if (isCheck) return checkHandler?.(contents, permission, new URL(requestingUrl).origin, { requestingUrl, isMainFrame: true }) ?? true
    return requestHandler === null || await new Promise((resolve) => requestHandler(contents, permission, resolve, { requestingUrl, isMainFrame: true }))
  }
}

const defaultSession = new SessionDouble()
const partitions = new Map<string, SessionDouble>([['', defaultSession]])

export const session = {
  get defaultSession(): Electron.Session {
    needReady('Session can only be received when app is ready')
    return whole<Electron.Session>(defaultSession)
  },
  fromPartition(partition: string): Electron.Session {
    needReady('Session can only be received when app is ready')
    const kept = partitions.get(partition) ?? new SessionDouble()
    partitions.set(partition, kept)
    return whole<Electron.Session>(kept)
  },
}

export function sessionOf(): SessionDouble {
  return defaultSession
}
