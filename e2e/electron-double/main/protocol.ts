import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Some } from '../base/faithful.ts'
import { needReady, runtime } from '../base/runtime.ts'

type Handler = (request: Request) => Response | Promise<Response>

const schemes = new Set<string>()
const handlers = new Map<string, Handler>()

/** One for all sessions. */
export class ProtocolDouble implements Some<Electron.Protocol> {
  registerSchemesAsPrivileged(customSchemes: Electron.CustomScheme[]): void {
    if (runtime.isReady) throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready')
    schemes.clear()
    for (const { scheme } of customSchemes) schemes.add(scheme)
  }

  handle(scheme: string, handler: (request: Request) => Response | Promise<Response>): void {
    needReady('protocol.handle: Session can only be received when app is ready')
    if (handlers.has(scheme)) throw new Error(`Failed to register protocol: ${scheme}`)
    handlers.set(scheme, handler)
  }

  unhandle(scheme: string): void {
    if (!handlers.delete(scheme)) throw new Error(`Failed to unhandle protocol: ${scheme}`)
  }

  isProtocolHandled(scheme: string): boolean {
    return handlers.has(scheme) || ['http', 'https', 'file'].includes(scheme)
  }
}

export const protocol = new ProtocolDouble()

/** @returns undefined where no handler has the address's scheme */
export function handlerOf(url: string): Handler | undefined {
  return handlers.get(schemeOf(url))
}

export function isCustom(url: string): boolean {
  return schemes.has(schemeOf(url))
}

function schemeOf(url: string): string {
  return url.slice(0, url.indexOf(':')).toLowerCase()
}

/**
 * Chromium outside Electron knows no `app://bundle/x` as a secure origin of its own. It gets `https://bundle.app.localhost/x`;
 * main sees the address that it asked for.
 */
export function toInner(url: string): string {
  if (url.startsWith('blob:')) return `blob:${toInner(url.slice('blob:'.length))}`
  const [, scheme, host, rest] = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/is.exec(url) ?? []
  if (scheme === undefined || !schemes.has(scheme)) return url
  return `https://${host === '' ? '_' : host ?? '_'}.${scheme}.localhost${rest === '' ? '/' : rest ?? '/'}`
}

export function toOuter(url: string): string {
  if (url.startsWith('blob:')) return `blob:${toOuter(url.slice('blob:'.length))}`
  const [, host = '', scheme = '', rest = ''] = /^https:\/\/([^/?#]*)\.([a-z][a-z0-9+-]*)\.localhost(.*)$/is.exec(url) ?? []
  return schemes.has(scheme) ? `${scheme}://${host === '_' ? '' : host}${rest}` : url
}

/** `net.fetch`: custom schemes and files too. */
export async function fetchAny(input: string | Request, init?: RequestInit & { bypassCustomProtocolHandlers?: boolean }): Promise<Response> {
  const request = new Request(input, init)
  const handler = init?.bypassCustomProtocolHandlers === true ? undefined : handlerOf(request.url)
  if (handler !== undefined) return await handler(request)
  return request.url.startsWith('file:') ? await fetchFile(request.url) : await fetch(request)
}

const types: Record<string, string> = {
  '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css', '.json': 'application/json', '.svg': 'image/svg+xml',
  '.png': 'image/png', '.ico': 'image/x-icon', '.woff2': 'font/woff2', '.wasm': 'application/wasm', '.txt': 'text/plain',
}

async function fetchFile(url: string): Promise<Response> {
  const path = fileURLToPath(url)
  const content = await readFile(path).catch((cause: unknown) => { throw new Error('net::ERR_FILE_NOT_FOUND', { cause }) })
  return new Response(content, { headers: { 'content-type': types[extname(path)] ?? 'application/octet-stream' } })
}
