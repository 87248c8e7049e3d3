/** What every answer on HTTP carries, and the answers that are not a handler's. */
import { STATUS_CODES, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { contentPolicy } from '../../../contract/content-policy.ts'
import { DepinError, type ErrorReport } from '../../../contract/errors.ts'
import { apiError } from '../errors.ts'
import { errorResponse } from '../handler.ts'

/** The page loads nothing from elsewhere, is framed by nobody, and shares no window or resource with another site. */
const securityHeaders = {
  'content-security-policy': contentPolicy('self'),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const

/** Sets them before anything else is said; the API's answers are kept by nobody. */
export function setCommonHeaders(response: ServerResponse): void {
  for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value)
  response.setHeader('cache-control', 'no-store')
}

const refusals: Readonly<Record<number, ErrorReport>> = {
  400: { code: 'E_BAD_INPUT', message: 'The request is malformed.' },
  401: { code: 'E_UNAUTHORIZED', message: 'The token is missing or wrong.', next: 'Open the address that “depin status” prints.' },
  403: { code: 'E_ADDRESS', message: 'This address or page may not use this service.', next: 'Use the address that “depin status” prints, to the letter; over ssh -L, forward the same port number.' },
  404: { code: 'E_NOT_FOUND', message: 'There is nothing here.' },
  405: { code: 'E_BAD_INPUT', message: 'This method does not fit.', next: 'Procedures are called with POST.' },
  413: { code: 'E_TOO_LARGE', message: 'The request is too large.' },
  415: { code: 'E_BAD_INPUT', message: 'The body must be JSON.', next: 'Send it with content-type application/json, not compressed.' },
  426: { code: 'E_BAD_INPUT', message: 'Only a WebSocket connects here.' },
  503: { code: 'E_BUSY', message: 'Too many connections.', next: 'Close some of them.' },
}

/** A refusal before any handler was asked. The rest of the request is not read: the connection closes. */
export function sendRefusal(response: ServerResponse, status: number): void {
  const body = JSON.stringify(errorResponse(apiError(refusals[status] ?? new DepinError('E_INTERNAL', 'Refused.').toReport(), status)).body)
  response.writeHead(status, {
    'connection': 'close',
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...status === 401 && { 'www-authenticate': 'Bearer' },
  })
  response.end(body)
}

/** The same on a connection that asked to be upgraded. */
export function refuseUpgrade(socket: Duplex, status: number): void {
  const auth = status === 401 ? 'WWW-Authenticate: Bearer\r\n' : ''
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${auth}Connection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy())
}
