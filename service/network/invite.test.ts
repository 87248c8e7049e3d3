import * as dagCbor from '@ipld/dag-cbor'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readInvite, writeInvite } from './invite.ts'
import { peerIdOf, privateKeyOf, publicKeyOf, signWith } from './keys.ts'

const key = privateKeyOf(Buffer.alloc(32, 1))
const peerId = peerIdOf(publicKeyOf(key))
const nowMs = Date.UTC(2026, 0, 15)
const invite = { network: 'main', addresses: [`/ip4/192.168.1.7/tcp/4747/p2p/${peerId}`], expiresAtMs: nowMs + 60_000 }
const link = writeInvite(key, invite)
const code = (text: string, network = 'main', atMs = nowMs): string => {
  try {
    readInvite(text, network, atMs)
    return 'fine'
  } catch (error) {
    return (error as { code: string }).code
  }
}

/** A link whose signature is right, over whatever is in it. */
function signed(body: unknown, domain = 'depin/invite/v1\0'): string {
  const bytes = dagCbor.encode(body)
  return `depin://join/${Buffer.concat([signWith(key, Buffer.concat([Buffer.from(domain), bytes])), bytes]).toString('base64url')}`
}

describe('an invite', () => {
  it('says where the node is that made it', () => {
    expect(readInvite(link, 'main', nowMs)).toEqual({ ...invite, peerId })
    expect(readInvite(`  ${link}\n`, 'main', nowMs).peerId).toBe(peerId)
  })

  it('carries eight addresses at most', () => {
    const addresses = Array.from({ length: 20 }, (_, index) => `/ip4/10.0.0.${index + 1}/tcp/1`)
    expect(readInvite(writeInvite(key, { ...invite, addresses }), 'main', nowMs).addresses).toEqual(addresses.slice(0, 8))
  })

  it.each<[string, string, string]>([
    ['nothing', '', 'E_INVITE'],
    ['another link', 'https://example.org/join/abc', 'E_INVITE'],
    ['a link without an end', link.slice(0, -4), 'E_INVITE'],
    ['a link with something after it', `${link}aa`, 'E_INVITE'],
    ['only the beginning', 'depin://join/', 'E_INVITE'],
    ['a link that is far too long', `depin://join/${'a'.repeat(10_000)}`, 'E_INVITE'],
    ['one that names somebody else', signed({ ...invite, peerId: peerIdOf(publicKeyOf(privateKeyOf(Buffer.alloc(32, 2)))) }), 'E_INVITE'],
    ['one signed for another purpose', signed({ ...invite, peerId }, 'depin/lease/v1\0'), 'E_INVITE'],
    ['one with more in it', signed({ ...invite, peerId, extra: 1 }), 'E_INVITE'],
    ['one with an address that is none', signed({ ...invite, peerId, addresses: ['here'] }), 'E_INVITE'],
    ['one without an address', signed({ ...invite, peerId, addresses: [] }), 'E_INVITE'],
    ['one with a date that is none', signed({ ...invite, peerId, expiresAtMs: -1 }), 'E_INVITE'],
    ['a good one', signed({ ...invite, peerId }), 'fine'],
  ])('%s: %#', (_, text, expected) => {
    expect(code(text)).toBe(expected)
  })

  it('is for one network, and not for ever', () => {
    expect(code(link, 'other')).toBe('E_INVITE')
    expect(code(link, 'main', nowMs + 59_999)).toBe('fine')
    expect(code(link, 'main', nowMs + 60_000)).toBe('E_INVITE_EXPIRED')
  })

  it('is worth nothing after any change', () => {
    const text = link.slice('depin://join/'.length)
    fc.assert(fc.property(fc.nat(text.length - 1), fc.base64String({ minLength: 1, maxLength: 4 }).map((word) => word.replaceAll('+', '-').replaceAll('/', '_').charAt(0)), (index, letter) => {
      fc.pre(text[index] !== letter)
      expect(code(`depin://join/${text.slice(0, index)}${letter}${text.slice(index + 1)}`)).toMatch(/^E_INVITE/)
    }), { numRuns: 300 })
  })

  it('of arbitrary text is an error with a next step', () => {
    fc.assert(fc.property(fc.string(), (text) => {
      expect(() => readInvite(`depin://join/${text}`, 'main', nowMs)).toThrow(expect.objectContaining({ code: 'E_INVITE', next: expect.any(String) as string }) as Error)
    }))
  })
})
