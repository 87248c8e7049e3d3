/**
 * Who this node is: its data directory, its key, and signatures.
 */
import type { SignedBytes } from '../../contract/wire/v1/common.ts'
import type { RecordInput, RecordOf, RecordType } from '../../contract/wire/v1/records.ts'

/** An opened data directory: checked, ours alone until `close`. */
export interface DataDir {
  readonly path: string
  readonly identity: Identity
  /** True when this start made the identity. */
  readonly isNew: boolean
  /** True when a database was in use with it before this start. */
  readonly wasReady: boolean
  /** Peer ids this directory had before: what they left in the engine is ours to clean up. */
  readonly formerPeerIds: readonly string[]
  /** Where the database lives. */
  readonly databasePath: string
  /** Says that the database now exists, so that its absence is from now on a loss. Durable when it returns. */
  markReady(): void
  /** The seed lies there sealed. */
  isSealed(): boolean
  /** Seals the seed with this key, or, null, leaves it as it is for this user alone. Durable when it returns. */
  seal(key: Uint8Array | null): void
  close(): void
}

export interface Identity {
  /** libp2p's name for the key: `12D3KooW…`. */
  readonly peerId: string
  /** Seed of the network key, 32 bytes, for libp2p. */
  readonly networkSeed: Uint8Array
  readonly signer: Signer
  /** All that the key is made of, to write down. For the owner's eyes, when they ask. */
  words(): string[]
}

/** same: this identity was here already, and nothing was changed. */
export interface Restored { peerId: string, outcome: 'restored' | 'same' }

export interface SignedRecord<Type extends RecordType> {
  record: RecordOf<Type>
  /** As it travels and as it is stored. */
  signed: SignedBytes
  /** SHA-256 over the domain and the body. */
  hash: Uint8Array
}

/** Signs records with this node's key. */
export interface Signer {
  readonly peerId: string
  sign<Type extends RecordType>(type: Type, record: RecordInput<Type>): SignedRecord<Type>
  /** A second signature over bytes that somebody else wrote and we agree with. */
  countersign(type: RecordType, body: Uint8Array): Uint8Array
}
