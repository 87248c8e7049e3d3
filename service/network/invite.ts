/** Links that let one node find another: `depin://join/` and, in base64url, a signature followed by what it signs. */
import type { KeyObject } from 'node:crypto'
import * as dagCbor from '@ipld/dag-cbor'
import { isMultiaddr, multiaddr } from '@multiformats/multiaddr'
import * as z from 'zod'
import { DepinError } from '../../contract/errors.ts'
import { PeerId, TimestampMs } from '../../contract/ids.ts'
import { NetworkName } from '../../contract/wire/v1/common.ts'
import { isSignedBy, peerIdOf, publicKeyFromPeerId, publicKeyOf, signWith } from './keys.ts'

const prefix = 'depin://join/'
const domain = Buffer.from('depin/invite/v1\0')
const signatureBytes = 64
const maxLinkLength = 4096
const maxAddresses = 8

const Invite = z.strictObject({
  network: NetworkName,
  peerId: PeerId,
  addresses: z.array(z.string().max(256).refine(isAddress, 'not an address')).min(1).max(maxAddresses),
  expiresAtMs: TimestampMs,
})
export type Invite = z.infer<typeof Invite>

/** @param invite without the peer id, which is the key's. At most eight addresses are carried. */
export function writeInvite(key: KeyObject, invite: Omit<Invite, 'peerId'>): string {
  const body = dagCbor.encode(Invite.parse({ ...invite, addresses: invite.addresses.slice(0, maxAddresses), peerId: peerIdOf(publicKeyOf(key)) }))
  return prefix + Buffer.concat([signWith(key, Buffer.concat([domain, body])), body]).toString('base64url')
}

/**
 * What a link says, once it is known that the node that it names wrote it.
 *
 * @throws E_INVITE when it is not such a link, was changed, or is for another network; E_INVITE_EXPIRED.
 */
export function readInvite(link: string, networkName: string, nowMs: number): Invite {
  const invite = parse(link.trim())
  if (invite.network !== networkName) {
    throw new DepinError('E_INVITE', `This link is for the network “${invite.network}”, and this node is in “${networkName}”.`, {
      next: 'Ask for a link from a node of your own network, or start a node with that network name.', details: { network: invite.network },
    })
  }
  if (invite.expiresAtMs <= nowMs) {
    throw new DepinError('E_INVITE_EXPIRED', `This link was good until ${new Date(invite.expiresAtMs).toISOString()}.`, { next: 'Ask for a new one.', details: { expiresAtMs: invite.expiresAtMs } })
  }
  return invite
}

function parse(link: string): Invite {
  if (!link.startsWith(prefix) || link.length > maxLinkLength) throw notALink()
  const text = link.slice(prefix.length)
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.toString('base64url') !== text || bytes.length <= signatureBytes) throw notALink()
  const signature = bytes.subarray(0, signatureBytes)
  const body = bytes.subarray(signatureBytes)
  const invite = Invite.safeParse(decode(body))
  if (!invite.success) throw notALink(invite.error)
  const publicKey = publicKeyFromPeerId(invite.data.peerId)
  if (publicKey === undefined || !isSignedBy(publicKey, Buffer.concat([domain, body]), signature)) {
    throw new DepinError('E_INVITE', 'This link was changed after it was made.', { next: 'Copy it again, whole, from who made it.' })
  }
  return invite.data
}

function decode(body: Uint8Array): unknown {
  try {
    const value: unknown = dagCbor.decode(body)
    return Buffer.compare(dagCbor.encode(value), body) === 0 ? value : undefined
  } catch {
    return undefined
  }
}

function isAddress(text: string): boolean {
  try {
    return isMultiaddr(multiaddr(text))
  } catch {
    return false
  }
}

function notALink(cause?: unknown): DepinError {
  return new DepinError('E_INVITE', 'This is not an invite link.', { next: `An invite link begins with ${prefix} and is one long word; copy all of it.`, cause })
}
