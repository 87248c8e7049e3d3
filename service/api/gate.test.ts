import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { api } from '../../contract/api.ts'
import { decidePassage, type GateRequest, type Passage } from './gate.ts'

const token = 'T'.repeat(43)
const gate = { hosts: new Set(['127.0.0.1:4848', 'localhost:4848', '[::1]:4848']), token }

function request(change: Partial<GateRequest> & { headers?: Record<string, string | string[]> }): GateRequest {
  const { headers = {}, ...rest } = change
  const all = { host: 'localhost:4848', ...headers }
  return {
    method: 'POST', url: '/api/rpc/node/status', isUpgrade: false, ...rest,
    headersDistinct: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== '').map(([name, value]) => [name, [value].flat()])),
  }
}

const signedIn = { authorization: `Bearer ${token}` }
const refusal = (status: number) => ({ to: 'refusal', status })

describe('the Host header', () => {
  it.each(['localhost:4848', '127.0.0.1:4848', '[::1]:4848', 'LocalHost:4848'])('%s is ours', (host) => {
    expect(decidePassage(request({ headers: { ...signedIn, host } }), gate)).toEqual({ to: 'rpc' })
  })

  it.each([
    'evil.example:4848', 'localhost', 'localhost:80', '127.0.0.1', 'localhost:4848.evil.example', 'localhost.:4848', '127.0.0.2:4848', '0.0.0.0:4848',
    '127.1:4848', '2130706433:4848', '[::ffff:127.0.0.1]:4848', 'user@localhost:4848', 'localhost:4848,evil.example', ' ',
  ])('“%s” is not, with or without the token, for pages and for the API', (host) => {
    for (const headers of [{ host }, { ...signedIn, host }]) {
      for (const url of ['/', '/api/rpc/node/status', '/api/ws']) {
        for (const method of ['GET', 'POST']) expect(decidePassage(request({ method, url, headers }), gate)).toEqual(refusal(403))
      }
    }
  })

  it('must be there, once', () => {
    expect(decidePassage(request({ headers: { ...signedIn, host: '' } }), gate)).toEqual(refusal(400))
    expect(decidePassage(request({ headers: { ...signedIn, host: ['localhost:4848', 'evil.example'] } }), gate)).toEqual(refusal(400))
  })
})

describe('the Origin header', () => {
  it.each([
    ['', { to: 'rpc' }],
    ['http://localhost:4848', { to: 'rpc' }],
    ['http://127.0.0.1:4848', refusal(403)],
    ['https://localhost:4848', refusal(403)],
    ['http://localhost', refusal(403)],
    ['http://localhost:4849', refusal(403)],
    ['http://evil.example', refusal(403)],
    ['http://localhost:4848.evil.example', refusal(403)],
    ['http://evil.localhost:4848', refusal(403)],
    ['null', refusal(403)],
    ['file://', refusal(403)],
    ['chrome-extension://abcdefghijklmnop', refusal(403)],
  ] as [string, Passage][])('“%s” on localhost:4848', (origin, passage) => {
    expect(decidePassage(request({ headers: { ...signedIn, origin } }), gate)).toEqual(passage)
    const socket = decidePassage(request({ method: 'GET', url: '/api/ws', isUpgrade: true, headers: { origin, 'sec-websocket-protocol': `depin, token.${token}` } }), gate)
    expect(socket).toEqual(passage.to === 'rpc' ? { to: 'socket' } : passage)
  })
})

describe('the token', () => {
  const procedures = Object.entries(api).flatMap(([noun, verbs]) => Object.keys(verbs).map((verb) => `/api/rpc/${noun}/${verb}`))
  const wrongHeaders: Record<string, string | string[]>[] = [
    {}, { authorization: 'Bearer' }, { authorization: 'Bearer ' }, { authorization: `bearer ${token}` }, { authorization: `Basic ${token}` }, { authorization: token },
    { authorization: `Bearer ${token.slice(1)}` }, { authorization: `Bearer ${token}x` }, { authorization: `Bearer ${'U'.repeat(43)}` },
    { authorization: [`Bearer ${token}`, 'Bearer x'] }, { cookie: `token=${token}` }, { 'x-token': token }, { 'sec-websocket-protocol': `depin, token.${token}` },
  ]

  it('is asked for on every procedure, and on every other name under /api', () => {
    expect(procedures.length).toBeGreaterThan(25)
    for (const url of [...procedures, '/api', '/api/', '/api/ws', '/api/health', '/api/rpc', '/api/rpc/', `/api/rpc/node/status?token=${token}`, '/api/../']) {
      for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS', 'PUT', 'DELETE']) {
        for (const headers of wrongHeaders) expect(decidePassage(request({ url, method, headers }), gate), `${method} ${url}`).toEqual(refusal(401))
      }
    }
  })

  it('is asked for on an upgrade; a page learns by the close code that it is wrong', () => {
    const upgrade = (headers: Record<string, string>): Passage => decidePassage(request({ method: 'GET', url: '/api/ws', isUpgrade: true, headers }), gate)
    expect(upgrade({})).toEqual(refusal(401))
    expect(upgrade({ authorization: 'Bearer x' })).toEqual(refusal(401))
    expect(upgrade({ 'sec-websocket-protocol': `token.${'U'.repeat(43)}` })).toEqual(refusal(401))
    expect(upgrade({ 'sec-websocket-protocol': 'depin' })).toEqual({ to: 'closed-socket' })
    expect(upgrade({ 'sec-websocket-protocol': 'depin, token.' })).toEqual({ to: 'closed-socket' })
    expect(upgrade({ 'sec-websocket-protocol': `depin, token.x, token.${token}` })).toEqual({ to: 'closed-socket' })
    expect(upgrade({ 'sec-websocket-protocol': `depin, token.${token}` })).toEqual({ to: 'socket' })
    expect(upgrade({ 'sec-websocket-protocol': 'depin', ...signedIn })).toEqual({ to: 'socket' })
  })

  it('does not open by anything but itself', () => {
    fc.assert(fc.property(fc.string(), (offered) => {
      fc.pre(offered !== token)
      expect(decidePassage(request({ headers: { authorization: `Bearer ${offered}` } }), gate)).toEqual(refusal(401))
    }))
  })
})

describe('with the token', () => {
  it.each([
    ['GET', '/api/rpc/node/status', refusal(405)],
    ['GET', '/api/ws', refusal(426)],
    ['POST', '/api/health', refusal(404)],
    ['POST', '/', refusal(405)],
    ['GET', '/guests', { to: 'page', path: '/guests', head: false }],
    ['HEAD', '/?x', { to: 'page', path: '/', head: true }],
    ['GET', 'http://evil.example/api/ws', refusal(400)],
    ['OPTIONS', '*', refusal(400)],
  ] as [string, string, Passage][])('%s %s', (method, url, passage) => {
    expect(decidePassage(request({ method, url, headers: signedIn }), gate)).toEqual(passage)
  })
})
