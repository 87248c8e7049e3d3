import { generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { generateCertificate, verifyPeerCertificate } from '@libp2p/tls/utils'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { peerIdOf, privateKeyOf, protobufOf, publicKeyOf, signWith } from '../keys.ts'
import { boundBytes, createCertificate, libp2pExtensionOid, pem, selfSign, verifyCertificate } from './certificate.ts'
import { tags, write } from './der.ts'

const nowMs = Date.UTC(2026, 0, 15)
const identity = privateKeyOf(Buffer.alloc(32, 7))
const peerId = peerIdOf(publicKeyOf(identity))
const der = (certificate: string): Buffer => new X509Certificate(certificate).raw

interface Forgery {
  signedBy?: KeyObject
  named?: KeyObject
  boundTo?: Uint8Array
  extensions?: (honest: Uint8Array) => Uint8Array[]
  validity?: Uint8Array
  selfSignedBy?: KeyObject
}

/** A certificate with one thing about it that is not as it should be. */
function forge({ signedBy = identity, named = identity, boundTo, extensions = (honest) => [honest], validity, selfSignedBy }: Forgery): Uint8Array {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const spki = publicKey.export({ format: 'der', type: 'spki' })
  const honest = extension(libp2pExtensionOid, write(tags.sequence,
    write(tags.octetString, protobufOf(publicKeyOf(named))),
    write(tags.octetString, signWith(signedBy, boundBytes(boundTo ?? spki)))))
  return selfSign(selfSignedBy ?? privateKey, spki, extensions(honest), validity)
}

function extension(oid: Uint8Array, value: Uint8Array, critical = false): Uint8Array {
  const flag = critical ? [write(tags.boolean, Uint8Array.of(0xff))] : []
  return write(tags.sequence, write(tags.oid, oid), ...flag, write(tags.octetString, value))
}

const between = (from: string, to: string): Uint8Array => write(tags.sequence, write(tags.utcTime, Buffer.from(from)), write(tags.utcTime, Buffer.from(to)))

describe('the handshake certificate', () => {
  it('names its maker to us and to the other implementation', async () => {
    const certificate = der(createCertificate(identity).cert)
    expect(verifyCertificate(certificate, nowMs)).toBe(peerId)
    expect(String(await verifyPeerCertificate(certificate))).toBe(peerId)
  })

  it('of the other implementation is understood', async () => {
    const key = await generateKeyPair('Ed25519')
    const { cert } = await generateCertificate(key)
    expect(verifyCertificate(der(cert), Date.now())).toBe(peerIdOf(key.publicKey.raw))
  })

  it('is good whatever the clock says', () => {
    const certificate = der(createCertificate(identity).cert)
    for (const year of [2001, 2026, 2300]) expect(verifyCertificate(certificate, Date.UTC(year, 5))).toBe(peerId)
  })

  const stranger = privateKeyOf(Buffer.alloc(32, 8))
  const otherKey = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  it.each<[string, Forgery, string]>([
    ['signed by another identity than it names', { signedBy: stranger }, 'not signed by the identity'],
    ['naming another identity than signed it', { named: stranger }, 'not signed by the identity'],
    ['with the binding of another certificate', { boundTo: otherKey.publicKey.export({ format: 'der', type: 'spki' }) }, 'not signed by the identity'],
    ['not signed by its own key', { selfSignedBy: otherKey.privateKey }, 'not signed by its own key'],
    ['that has expired', { validity: between('200101000000Z', '210101000000Z') }, 'expired'],
    ['that is not valid yet', { validity: between('400101000000Z', '410101000000Z') }, 'not valid yet'],
    ['without the identity', { extensions: () => [extension(Buffer.from('550e11', 'hex'), Buffer.from([5, 0]))] }, 'names no identity'],
    ['with two identities', { extensions: (honest) => [honest, honest] }, 'twice'],
    ['with a critical extension nobody knows', { extensions: (honest) => [honest, extension(Buffer.from('2a0304', 'hex'), Buffer.from([5, 0]), true)] }, 'not understood'],
    ['with an identity of another shape', { extensions: () => [extension(libp2pExtensionOid, write(tags.octetString, Buffer.alloc(32)))] }, 'cannot be read'],
  ])('%s is refused', (_, forgery, why) => {
    expect(() => verifyCertificate(forge(forgery), nowMs)).toThrow(why)
  })

  it('may carry extensions that do not matter', () => {
    expect(verifyCertificate(forge({ extensions: (honest) => [extension(Buffer.from('550e11', 'hex'), Buffer.from([5, 0])), honest] }), nowMs)).toBe(peerId)
  })

  it('is worth nothing after any change of a byte', () => {
    const certificate = der(createCertificate(identity).cert)
    fc.assert(fc.property(fc.nat(certificate.length - 1), fc.integer({ min: 1, max: 255 }), (index, flip) => {
      const changed = Buffer.from(certificate)
      changed[index] = (changed[index] ?? 0) ^ flip
      expect(() => verifyCertificate(changed, nowMs)).toThrow()
    }), { numRuns: 400 })
  })

  it('of arbitrary bytes is an error like any other', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(() => verifyCertificate(bytes, nowMs)).toThrow('read')
    }))
  })

  it('is written as PEM that Node reads', () => {
    const certificate = der(createCertificate(identity).cert)
    expect(new X509Certificate(pem(certificate)).raw).toEqual(certificate)
  })
})
