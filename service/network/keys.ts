/**
 * Ed25519 keys as `node:crypto` takes them, and the two ways libp2p writes the public one: as a protobuf and as a peer id.
 */
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { base58btc } from 'multiformats/bases/base58'

/** DER in front of a raw Ed25519 key: RFC 8410, section 7 (private) and section 4 (public). */
const privatePrefix = Buffer.from('302e020100300506032b657004220420', 'hex')
const publicPrefix = Buffer.from('302a300506032b6570032100', 'hex')
/** `PublicKey { Type: Ed25519, Data: 32 bytes }` of the libp2p spec “Peer Ids and Keys”. */
const protobufPrefix = Buffer.from('08011220', 'hex')
/** A peer id is the identity multihash of that protobuf. */
const multihashPrefix = Buffer.from('0024', 'hex')
const rawLength = 32

export function privateKeyOf(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([privatePrefix, seed]), format: 'der', type: 'pkcs8' })
}

/** The raw public key, 32 bytes. */
export function publicKeyOf(privateKey: KeyObject): Uint8Array {
  return createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(publicPrefix.length)
}

export function protobufOf(publicKey: Uint8Array): Uint8Array {
  return Buffer.concat([protobufPrefix, publicKey])
}

/** The raw public key in a libp2p protobuf, or undefined when it is of another type or shape. */
export function publicKeyFromProtobuf(protobuf: Uint8Array): Uint8Array | undefined {
  return stripPrefix(protobuf, protobufPrefix)
}

/** `12D3KooW…` */
export function peerIdOf(publicKey: Uint8Array): string {
  return base58btc.baseEncode(Buffer.concat([multihashPrefix, protobufOf(publicKey)]))
}

export function publicKeyFromPeerId(peerId: string): Uint8Array | undefined {
  try {
    const protobuf = stripPrefix(base58btc.baseDecode(peerId), multihashPrefix, protobufPrefix.length + rawLength)
    return protobuf === undefined ? undefined : publicKeyFromProtobuf(protobuf)
  } catch {
    return undefined
  }
}

export function signWith(privateKey: KeyObject, bytes: Uint8Array): Uint8Array {
  return sign(null, bytes, privateKey)
}

export function isSignedBy(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean {
  try {
    return verify(null, bytes, createPublicKey({ key: Buffer.concat([publicPrefix, publicKey]), format: 'der', type: 'spki' }), signature)
  } catch {
    return false
  }
}

function stripPrefix(bytes: Uint8Array, prefix: Uint8Array, length = rawLength): Uint8Array | undefined {
  if (bytes.length !== prefix.length + length) return undefined
  return Buffer.compare(bytes.subarray(0, prefix.length), prefix) === 0 ? bytes.subarray(prefix.length) : undefined
}
