/**
 * The certificate of libp2p's TLS handshake (libp2p/specs `tls/tls.md`): self-signed with a key of its own, and carrying,
 * in one extension, the peer's identity key and that key's signature over the certificate's key.
 */
import { generateKeyPairSync, type KeyObject, randomBytes, sign, X509Certificate } from 'node:crypto'
import { isSignedBy, peerIdOf, protobufOf, publicKeyFromProtobuf, publicKeyOf, signWith } from '../keys.ts'
import { type Element, explicit, readChildren, readOne, tags, write } from './der.ts'

const ecdsaWithSha256 = write(tags.sequence, write(tags.oid, Buffer.from('2a8648ce3d040302', 'hex')))
/** 1.3.6.1.4.1.53594.1.1 */
export const libp2pExtensionOid = Buffer.from('2b0601040183a25a0101', 'hex')
/** Critical extensions that are understood besides: basicConstraints and keyUsage say nothing that matters here. */
const harmlessOids = [Buffer.from('551d13', 'hex'), Buffer.from('551d0f', 'hex')]
/** ECDSA with SHA-256, -384 and -512, RSA with the same, RSA-PSS, Ed25519: the spec rules out MD5 and SHA-1. */
const soundSignatures = ['2a8648ce3d040302', '2a8648ce3d040303', '2a8648ce3d040304', '2a864886f70d01010b', '2a864886f70d01010c', '2a864886f70d01010d', '2a864886f70d01010a', '2b6570']
const serialNumberOid = Buffer.from('550405', 'hex')
/**
 * A certificate says nothing that could grow old, and a machine's clock may be years off: it is always valid (RFC 5280,
 * section 4.1.2.5, gives the second date for “no end”).
 */
const alwaysValid = write(tags.sequence, write(tags.utcTime, Buffer.from('000101000000Z')), write(tags.generalizedTime, Buffer.from('99991231235959Z')))

export interface Certificate {
  /** PEM, as `tls.createSecureContext` takes them. */
  cert: string
  key: string
}

export class CertificateError extends Error {
  override readonly name = 'CertificateError'
}

/** Bytes that the identity key signs: a prefix and the certificate's key (SubjectPublicKeyInfo, DER). */
export function boundBytes(spki: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from('libp2p-tls-handshake:'), spki])
}

/** @param identityKey the node's Ed25519 key. */
export function createCertificate(identityKey: KeyObject): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const spki = publicKey.export({ format: 'der', type: 'spki' })
  const extension = write(tags.sequence,
    write(tags.oid, libp2pExtensionOid),
    write(tags.octetString, write(tags.sequence,
      write(tags.octetString, protobufOf(publicKeyOf(identityKey))),
      write(tags.octetString, signWith(identityKey, boundBytes(spki))))))
  return { cert: pem(selfSign(privateKey, spki, [extension])), key: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string }
}

/** A version 3 certificate with these extensions, DER. */
export function selfSign(key: KeyObject, spki: Uint8Array, extensions: readonly Uint8Array[], validity = alwaysValid): Uint8Array {
  const serial = randomBytes(8)
  serial[0] = (serial[0] ?? 0) & 0x3f | 0x40
  const name = write(tags.sequence, write(tags.set, write(tags.sequence,
    write(tags.oid, serialNumberOid), write(tags.printableString, Buffer.from(serial.readBigUInt64BE().toString())))))
  const body = write(tags.sequence,
    write(explicit(0), write(tags.integer, Uint8Array.of(2))),
    write(tags.integer, serial),
    ecdsaWithSha256, name, validity, name, spki,
    write(explicit(3), write(tags.sequence, ...extensions)))
  return write(tags.sequence, body, ecdsaWithSha256, write(tags.bitString, Uint8Array.of(0), sign('sha256', body, key)))
}

/**
 * Whose certificate this is.
 *
 * @param certificate DER, as it came from the handshake, which proves that the peer has the certificate's key.
 * @returns the peer id.
 * @throws CertificateError when anything that the spec asks for is missing or wrong.
 */
export function verifyCertificate(certificate: Uint8Array, nowMs: number): string {
  try {
    return verify(certificate, nowMs)
  } catch (cause) {
    if (cause instanceof CertificateError) throw cause
    throw new CertificateError('cannot be read', { cause })
  }
}

function verify(certificate: Uint8Array, nowMs: number): string {
  const { signatureAlgorithm, spki, extensions } = takeApart(certificate)
  if (!soundSignatures.includes(Buffer.from(signatureAlgorithm).toString('hex'))) throw new CertificateError('uses a signature algorithm that is not allowed')
  const parsed = new X509Certificate(certificate)
  if (nowMs < Date.parse(parsed.validFrom)) throw new CertificateError('is not valid yet')
  if (nowMs > Date.parse(parsed.validTo)) throw new CertificateError('has expired')
  if (!parsed.verify(parsed.publicKey)) throw new CertificateError('is not signed by its own key')
  const identity = identityOf(extensions)
  if (!isSignedBy(identity.publicKey, boundBytes(spki), identity.signature)) throw new CertificateError('is not signed by the identity it names')
  return peerIdOf(identity.publicKey)
}

interface Parts {
  /** Object identifier, as DER has it. */
  signatureAlgorithm: Uint8Array
  spki: Uint8Array
  extensions: Element[]
}

/** RFC 5280, section 4.1. */
function takeApart(certificate: Uint8Array): Parts {
  const [body, outerAlgorithm] = readChildren(readOne(certificate, tags.sequence))
  if (body?.tag !== tags.sequence || outerAlgorithm === undefined) throw new CertificateError('cannot be read')
  const [version, , innerAlgorithm, , , , spki, ...optional] = readChildren(body)
  if (version?.tag !== explicit(0) || innerAlgorithm === undefined || spki === undefined) throw new CertificateError('is not of version 3')
  if (Buffer.compare(outerAlgorithm.raw, innerAlgorithm.raw) !== 0) throw new CertificateError('names two signature algorithms')
  const algorithm = readChildren(outerAlgorithm)[0]
  const wrapped = optional.find((element) => element.tag === explicit(3))
  if (algorithm?.tag !== tags.oid || wrapped === undefined) throw new CertificateError('has no extensions')
  return { signatureAlgorithm: algorithm.content, spki: spki.raw, extensions: readChildren(readOne(wrapped.content, tags.sequence)) }
}

function identityOf(extensions: readonly Element[]): { publicKey: Uint8Array, signature: Uint8Array } {
  let value: Uint8Array | undefined
  for (const extension of extensions) {
    const [oid, ...rest] = readChildren(extension)
    const critical = rest.length === 2 && rest[0]?.tag === tags.boolean && rest[0].content[0] === 0xff
    if (oid?.tag !== tags.oid) throw new CertificateError('has an extension without a name')
    if (sameBytes(oid.content, libp2pExtensionOid)) {
      if (value !== undefined) throw new CertificateError('names its identity twice')
      value = rest.at(-1)?.content
    } else if (critical && !harmlessOids.some((known) => sameBytes(known, oid.content))) {
      throw new CertificateError('has a critical extension that is not understood')
    }
  }
  if (value === undefined) throw new CertificateError('names no identity')
  const [key, signature, ...more] = readChildren(readOne(value, tags.sequence))
  const publicKey = key?.tag === tags.octetString ? publicKeyFromProtobuf(key.content) : undefined
  if (publicKey === undefined || signature?.tag !== tags.octetString || more.length > 0) throw new CertificateError('names an identity of another kind')
  return { publicKey, signature: signature.content }
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0
}

export function pem(der: Uint8Array): string {
  const lines = Buffer.from(der).toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}
