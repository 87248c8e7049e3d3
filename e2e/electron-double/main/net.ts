import { type ClientRequest, type IncomingMessage, request as httpRequest, type RequestOptions } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { Some } from '../base/faithful.ts'
import { fetchAny } from './protocol.ts'

/** By Node's own network stack, not Chromium's. */
export class NetDouble implements Some<Electron.Net> {
  readonly online = true
  isOnline(): boolean { return true }
  fetch(input: string | Request, init?: RequestInit & { bypassCustomProtocolHandlers?: boolean }): Promise<Response> { return fetchAny(input, init) }
  request(options: Electron.ClientRequestConstructorOptions | string): Electron.ClientRequest { return createRequest(options) as unknown as Electron.ClientRequest }
}

/** As much of a ClientRequest as electron-updater uses. */
function createRequest(options: Electron.ClientRequestConstructorOptions | string): ClientRequest {
  const { url, protocol = 'https:', session: _, redirect: _redirect, ...rest } = typeof options === 'string' ? { url: options } : options
  const target = new URL(url ?? `${protocol}//${rest.hostname ?? rest.host ?? ''}${rest.port === undefined ? '' : `:${String(rest.port)}`}${rest.path ?? '/'}`)
  const request = (target.protocol === 'http:' ? httpRequest : httpsRequest)(target, rest as RequestOptions)
  const emit = request.emit.bind(request)
  request.emit = (name: string, ...args: unknown[]): boolean => {
    const response = name === 'response' ? args[0] as IncomingMessage : undefined
    const { statusCode = 0, headers: { location } } = response ?? { headers: {} }
    if (response === undefined || location === undefined || statusCode < 301 || statusCode > 308 || request.listenerCount('redirect') === 0) return emit(name, ...args)
    response.resume()
    return emit('redirect', statusCode, request.method, new URL(location, target).href, response.headers)
  }
  return Object.assign(request, { abort: () => request.destroy() })
}
