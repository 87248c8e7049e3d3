/**
 * Who may pass: decided from the head of a request alone, before a byte of its body is read.
 *
 * Any web page in the owner's browser can send requests to this port, and by DNS rebinding can even claim it as its own
 * origin. So: the Host must be one of ours, to the letter; an Origin must be the page's own; and everything under
 * `/api` needs the token, which no other page has. There are no cookies to ride on and no CORS to ask for.
 */
import type { IncomingMessage } from 'node:http'
import { isSameToken } from './token.ts'

/** Subprotocols a page offers with `/api/ws`, since it cannot set a header there: `depin` and `token.<TOKEN>`. */
export const socketProtocol = 'depin'
const tokenProtocolPrefix = 'token.'

export interface Gate {
  /** What `Host` may say. */
  hosts: ReadonlySet<string>
  token: string
}

export type GateRequest = Pick<IncomingMessage, 'method' | 'url' | 'headersDistinct'> & { isUpgrade: boolean }

export type Passage =
  | { to: 'page', path: string, head: boolean }
  | { to: 'rpc' }
  | { to: 'socket' }
  /** A browser cannot see why an upgrade failed: it is let in and shown the door, unheard. */
  | { to: 'closed-socket' }
  | { to: 'refusal', status: 400 | 401 | 403 | 404 | 405 | 426 }

export function decidePassage(request: GateRequest, gate: Gate): Passage {
  const { headersDistinct: headers, url = '', method = '', isUpgrade } = request
  const [host, ...otherHosts] = headers['host'] ?? []
  if (!url.startsWith('/') || host === undefined || otherHosts.length > 0) return refuse(400)
  if (!gate.hosts.has(host.toLowerCase())) return refuse(403)
  if (headers['origin'] !== undefined && !isOwnOrigin(headers['origin'], host)) return refuse(403)
  const path = url.split('?', 1)[0] ?? ''
  if (path === '/api' || path.startsWith('/api/')) return decideApi(path, method, isUpgrade, headers, gate.token)
  if (isUpgrade) return refuse(404)
  return method === 'GET' || method === 'HEAD' ? { to: 'page', path, head: method === 'HEAD' } : refuse(405)
}

function decideApi(path: string, method: string, isUpgrade: boolean, headers: NodeJS.Dict<string[]>, token: string): Passage {
  const protocols = isUpgrade ? offeredProtocols(headers) : []
  if (!hasToken(headers, protocols, token)) {
    return path === '/api/ws' && protocols.includes(socketProtocol) ? { to: 'closed-socket' } : refuse(401)
  }
  if (path === '/api/ws') return isUpgrade ? { to: 'socket' } : refuse(426)
  if (!path.startsWith('/api/rpc/') || isUpgrade) return refuse(404)
  return method === 'POST' ? { to: 'rpc' } : refuse(405)
}

function isOwnOrigin(origins: readonly string[], host: string): boolean {
  return origins.length === 1 && origins[0]?.toLowerCase() === `http://${host.toLowerCase()}`
}

function hasToken(headers: NodeJS.Dict<string[]>, protocols: readonly string[], token: string): boolean {
  const inProtocol = protocols.filter((protocol) => protocol.startsWith(tokenProtocolPrefix)).map((protocol) => protocol.slice(tokenProtocolPrefix.length))
  const inHeader = (headers['authorization'] ?? []).map((value) => /^Bearer ([A-Za-z0-9_-]+)$/.exec(value)?.[1] ?? '')
  const [offered, ...more] = [...inHeader, ...inProtocol]
  return offered !== undefined && more.length === 0 && isSameToken(offered, token)
}

function offeredProtocols(headers: NodeJS.Dict<string[]>): string[] {
  return (headers['sec-websocket-protocol'] ?? []).flatMap((value) => value.split(',')).map((value) => value.trim())
}

function refuse(status: Extract<Passage, { to: 'refusal' }>['status']): Passage {
  return { to: 'refusal', status }
}
