import { createHash, createPrivateKey, createPublicKey, sign as cryptoSign, verify as cryptoVerify, type KeyObject } from 'node:crypto'
import * as dagCbor from '@ipld/dag-cbor'
import type * as z from 'zod'
import { base32 } from 'multiformats/bases/base32'
import { base58btc } from 'multiformats/bases/base58'
import { DepinError } from '../../contract/errors.ts'
import type { SignedBytes } from '../../contract/wire/v1/common.ts'
import { type RecordInput, type RecordOf, type RecordType, recordTypes } from '../../contract/wire/v1/records.ts'
import type { SignedRecord, Signer } from './types.ts'

/** DER in front of a raw Ed25519 key: RFC 8410, section 7 (private) and section 4 (public). */
const privatePrefix = Buffer.from('302e020100300506032b657004220420', 'hex')
const publicPrefix = Buffer.from('302a300506032b6570032100', 'hex')
/** A peer id is the identity multihash of a protobuf public key: type Ed25519, 32 bytes (libp2p “Peer Ids and Keys”). */
const peerIdPrefix = Buffer.from('002408011220', 'hex')

export function createSigner(seed: Uint8Array): Signer {
  const key = createPrivateKey({ key: Buffer.concat([privatePrefix, seed]), format: 'der', type: 'pkcs8' })
  const peerId = peerIdOf(key)
  return {
    peerId,
    sign<Type extends RecordType>(type: Type, record: RecordInput<Type>): SignedRecord<Type> {
      // parsed before it is signed: nothing leaves that we would not accept ourselves
      const parsed = schemaOf(type).parse(record)
      const body = dagCbor.encode(parsed)
      const signature = new Uint8Array(cryptoSign(null, withDomain(type, body), key))
      return { record: parsed, signed: { body, signature }, hash: recordHash(type, body) }
    },
    countersign: (type, body) => new Uint8Array(cryptoSign(null, withDomain(type, body), key)),
  }
}

/**
 * Checks that `peerId` signed these bytes as a record of this type, and parses them.
 *
 * @throws E_SIGNATURE when the signature is not theirs, the bytes are not canonical, or the record is not of this type.
 */
export function verifyRecord<Type extends RecordType>(type: Type, signed: SignedBytes, peerId: string): SignedRecord<Type> {
  if (!verifySignature(type, signed.body, signed.signature, peerId)) throw invalid(type, 'its signature is not by the peer it names')
  return { record: parseRecord(type, signed.body), signed, hash: recordHash(type, signed.body) }
}

export function verifySignature(type: RecordType, body: Uint8Array, signature: Uint8Array, peerId: string): boolean {
  try {
    return cryptoVerify(null, withDomain(type, body), publicKeyOf(peerId), signature)
  } catch {
    return false
  }
}

/** The record in canonical bytes; other encodings of the same record are refused, so that one record has one hash. */
export function parseRecord<Type extends RecordType>(type: Type, body: Uint8Array): RecordOf<Type> {
  let decoded: unknown
  try {
    decoded = dagCbor.decode(body)
  } catch (cause) {
    throw invalid(type, 'its bytes cannot be decoded', cause)
  }
  if (Buffer.compare(dagCbor.encode(decoded), body) !== 0) throw invalid(type, 'its bytes are not canonical')
  const parsed = schemaOf(type).safeParse(decoded)
  if (!parsed.success) throw invalid(type, parsed.error.issues[0]?.message ?? 'it has another shape', parsed.error)
  return parsed.data
}

function schemaOf<Type extends RecordType>(type: Type): z.ZodType<RecordOf<Type>> {
  return recordTypes[type] as unknown as z.ZodType<RecordOf<Type>>
}

/** SHA-256 over the domain and the body: what `prev`, `memo` and ids are made of. */
export function recordHash(type: RecordType, body: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(withDomain(type, body)).digest())
}

/** The first 160 bits of a hash in lower-case base32: how leases and channels are named. */
export function idOf(hash: Uint8Array): string {
  return base32.baseEncode(hash.subarray(0, 20))
}

export function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest())
}

export function peerIdOf(key: KeyObject): string {
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' })
  return base58btc.baseEncode(Buffer.concat([peerIdPrefix, spki.subarray(publicPrefix.length)]))
}

function publicKeyOf(peerId: string): KeyObject {
  const bytes = base58btc.baseDecode(peerId)
  if (bytes.length !== peerIdPrefix.length + 32 || Buffer.compare(bytes.subarray(0, peerIdPrefix.length), peerIdPrefix) !== 0) {
    throw new DepinError('E_SIGNATURE', 'This peer id is not an Ed25519 key.')
  }
  return createPublicKey({ key: Buffer.concat([publicPrefix, bytes.subarray(peerIdPrefix.length)]), format: 'der', type: 'spki' })
}

function withDomain(type: RecordType, body: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`depin/${type}/v1\0`), body])
}

function invalid(type: RecordType, why: string, cause?: unknown): DepinError {
  return new DepinError('E_SIGNATURE', `This ${type} is not valid: ${why}.`, { next: 'Nothing was changed. The other side must send it again.', cause })
}
