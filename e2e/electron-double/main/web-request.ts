import type { Some } from '../base/faithful.ts'

type Filter = Electron.WebRequestFilter
export type BeforeRequest = (details: Electron.OnBeforeRequestListenerDetails, callback: (response: Electron.CallbackResponse) => void) => void
export type HeadersReceived = (details: Electron.OnHeadersReceivedListenerDetails, callback: (response: Electron.HeadersReceivedResponse) => void) => void
interface Registered<T> { matches(url: string): boolean, listener: T }

/** One listener for each kind, as in Electron: a later one takes the place of an earlier. */
export class WebRequestDouble implements Some<Electron.WebRequest> {
  private beforeRequest: Registered<BeforeRequest> | undefined
  private headersReceived: Registered<HeadersReceived> | undefined

  onBeforeRequest(filterOrListener: Filter | BeforeRequest | null, listener?: BeforeRequest | null): void {
    this.beforeRequest = register(filterOrListener, listener)
  }

  onHeadersReceived(filterOrListener: Filter | HeadersReceived | null, listener?: HeadersReceived | null): void {
    this.headersReceived = register(filterOrListener, listener)
  }

  /** What the app says about a request; an empty answer where it says nothing. */
  static async askBeforeRequest({ beforeRequest }: WebRequestDouble, details: Electron.OnBeforeRequestListenerDetails): Promise<Electron.CallbackResponse> {
    return beforeRequest?.matches(details.url) === true ? await new Promise((resolve) => beforeRequest.listener(details, resolve)) : {}
  }

  static async askHeadersReceived({ headersReceived }: WebRequestDouble, details: Electron.OnHeadersReceivedListenerDetails): Promise<Electron.HeadersReceivedResponse> {
    return headersReceived?.matches(details.url) === true ? await new Promise((resolve) => headersReceived.listener(details, resolve)) : {}
  }
}

function register<T extends (...args: never[]) => void>(filterOrListener: Filter | T | null, listener: T | null | undefined): Registered<T> | undefined {
  if (typeof filterOrListener === 'function') return { matches: () => true, listener: filterOrListener }
  if (listener == null) return undefined
  const patterns = filterOrListener?.urls.map(toRegExp) ?? []
  return { matches: (url) => patterns.some((pattern) => pattern.test(url)), listener }
}

/** A match pattern, such as `*://*.example.org/*`. */
function toRegExp(pattern: string): RegExp {
  if (pattern === '<all_urls>') return /^/
  return new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`)
}
