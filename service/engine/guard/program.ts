import { decodeAttributes, decodeMessages, encodeMessages, type NetlinkMessage } from './netlink.ts'
import { type NamedService, namesOrder, servicesOrder } from './lookups.ts'
import { checkPolicy, type NetworkPolicy } from './policy.ts'
import { ruleset } from './ruleset.ts'
import { listCounters, listElements } from './table.ts'
import { reshaping, shaping } from './tc.ts'

/**
 * What a guard is given: frames of netlink messages (guard/guard.c). As arguments when it is made, so that a guard that
 * runs has applied them; on its stdin afterwards.
 */
export interface MessagesFrame { kind: 'firewall' | 'links' | 'links-or-not' | 'counters', messages: readonly NetlinkMessage[] }
export interface OrderFrame { kind: 'names' | 'services', order: Uint8Array }
export type Frame = MessagesFrame | OrderFrame

const kinds = { 'firewall': 1, 'links': 2, 'links-or-not': 3, 'names': 4, 'counters': 5, 'services': 6 } as const
export const magic = 0x3144_5247
export const frameHeaderBytes = 16
/** The guard's buffer. */
export const maxFrameBytes = 1 << 20

/** The interface by which a container is on its network, on Docker and Podman alike. */
const linkName = 'eth0'
const linkNameBytes = 16

/** What closes a namespace that nobody has joined yet. Queues are left out where the kernel has none: the rules hold the rate. */
export function openingFrames(policy: NetworkPolicy): [MessagesFrame, MessagesFrame, ...OrderFrame[]] {
  const checked = checkPolicy(policy)
  const names: OrderFrame[] = checked.egress.tier === 'domains' ? [{ kind: 'names', order: namesOrder(checked) }] : []
  return [{ kind: 'firewall', messages: ruleset(checked) }, { kind: 'links-or-not', messages: shaping(checked) }, ...names]
}

/** What changes the policy of a namespace, its peers aside. */
export function changingFrames(policy: NetworkPolicy): { rules: MessagesFrame, rate: MessagesFrame, names: OrderFrame } {
  const checked = checkPolicy(policy)
  return { rules: { kind: 'firewall', messages: ruleset(checked) }, rate: { kind: 'links-or-not', messages: reshaping(checked) }, names: { kind: 'names', order: namesOrder(checked) } }
}

/** What a lease's services are called, for engines that have no names for them. */
export function servicesFrame(services: readonly NamedService[]): OrderFrame {
  return { kind: 'services', order: servicesOrder(services) }
}

export function countersFrame(): MessagesFrame {
  return { kind: 'counters', messages: [listCounters()] }
}

/** Where the lease has newly turned to: as many as `newDestinationsPerSecond` lets through in a minute, so they fit the guard. */
export function destinationsFrame(): MessagesFrame {
  return { kind: 'firewall', messages: [listElements('destinations')] }
}

/** A container's arguments: one frame each. */
export function programArguments(frames: readonly Frame[]): string[] {
  return frames.map((frame) => Buffer.from(encodeFrame(frame)).toString('base64'))
}

/** @param id comes back with the answer; from 1, since the guard says 0 when it is ready. */
export function encodeFrame(frame: Frame, id = 0): Uint8Array {
  const payload = encodePayload(frame)
  const header = Buffer.alloc(frameHeaderBytes)
  header.writeUInt32LE(magic, 0)
  header.writeUInt32LE(kinds[frame.kind], 4)
  header.writeUInt32LE(id, 8)
  header.writeUInt32LE(payload.length, 12)
  return Buffer.concat([header, payload])
}

function encodePayload(frame: Frame): Uint8Array {
  if ('order' in frame) return frame.order
  const messages = encodeMessages(frame.messages)
  if (frame.kind === 'firewall' || frame.kind === 'counters') return messages
  const name = Buffer.alloc(linkNameBytes)
  name.write(linkName)
  return Buffer.concat([name, messages])
}

/** What the kernel said no to, in words: “output: mail: No such file (error 2)”. */
export interface Refusal { what: string, error: number, words: string | null }

const errorMessage = 2
/** NLMSGERR_ATTR_MSG */
const wordsAttribute = 1
const headerBytes = 16

/** The refusals among the kernel's answers to a frame. */
export function refusals(frame: Frame, answers: Uint8Array): Refusal[] {
  const messages = 'messages' in frame ? frame.messages : []
  return decodeMessages(answers).flatMap(({ type, sequence, body }) => {
    if (type !== errorMessage || body.length < 4 + headerBytes) return []
    const error = -Buffer.from(body).readInt32LE()
    if (error === 0) return []
    // the error, the header of the message that it is about, and the kernel's own words where it has any
    const words = decodeAttributes(body.subarray(4 + headerBytes)).get(wordsAttribute)
    return [{
      what: messages[sequence - 1]?.what ?? 'the changes', error,
      words: words === undefined ? null : Buffer.from(words).toString('latin1').replace(/\0$/, ''),
    }]
  })
}
