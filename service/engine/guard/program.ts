import { decodeAttributes, decodeMessages, encodeMessages, type NetlinkMessage } from './netlink.ts'
import { checkPolicy, type NetworkPolicy } from './policy.ts'
import { ruleset } from './ruleset.ts'
import { listCounters, listElements } from './table.ts'
import { reshaping, shaping } from './tc.ts'

/**
 * What a guard is given: frames of netlink messages (guard/guard.c). As arguments when it is made, so that a guard that
 * runs has applied them; on its stdin afterwards.
 */
export interface Frame {
  kind: 'firewall' | 'links' | 'links-or-not'
  messages: readonly NetlinkMessage[]
}

const kinds = { 'firewall': 1, 'links': 2, 'links-or-not': 3 } as const
export const magic = 0x3144_5247
export const frameHeaderBytes = 16
/** The guard's buffer. */
export const maxFrameBytes = 1 << 20

/** The interface by which a container is on its network, on Docker and Podman alike. */
const linkName = 'eth0'
const linkNameBytes = 16

/** What closes a namespace that nobody has joined yet. Queues are left out where the kernel has none: the rules hold the rate. */
export function openingFrames(policy: NetworkPolicy): Frame[] {
  const checked = checkPolicy(policy)
  return [{ kind: 'firewall', messages: ruleset(checked) }, { kind: 'links-or-not', messages: shaping(checked) }]
}

/** What changes the policy of a namespace, its peers aside. */
export function changingFrames(policy: NetworkPolicy): { rules: Frame, rate: Frame } {
  const checked = checkPolicy(policy)
  return { rules: { kind: 'firewall', messages: ruleset(checked) }, rate: { kind: 'links-or-not', messages: reshaping(checked) } }
}

export function countersFrame(): Frame {
  return { kind: 'firewall', messages: [listCounters()] }
}

/** Where the lease has newly turned to: as many as `newDestinationsPerSecond` lets through in a minute, so they fit the guard. */
export function destinationsFrame(): Frame {
  return { kind: 'firewall', messages: [listElements('destinations')] }
}

/** A container's arguments: one frame each. */
export function programArguments(frames: readonly Frame[]): string[] {
  return frames.map((frame) => Buffer.from(encodeFrame(frame)).toString('base64'))
}

/** @param id comes back with the answer; from 1, since the guard says 0 when it is ready. */
export function encodeFrame({ kind, messages }: Frame, id = 0): Uint8Array {
  const name = Buffer.alloc(kind === 'firewall' ? 0 : linkNameBytes)
  if (kind !== 'firewall') name.write(linkName)
  const payload = Buffer.concat([name, encodeMessages(messages)])
  const header = Buffer.alloc(frameHeaderBytes)
  header.writeUInt32LE(magic, 0)
  header.writeUInt32LE(kinds[kind], 4)
  header.writeUInt32LE(id, 8)
  header.writeUInt32LE(payload.length, 12)
  return Buffer.concat([header, payload])
}

/** What the kernel said no to, in words: “output: mail: No such file (error 2)”. */
export interface Refusal { what: string, error: number, words: string | null }

const errorMessage = 2
/** NLMSGERR_ATTR_MSG */
const wordsAttribute = 1
const headerBytes = 16

/** The refusals among the kernel's answers to a frame. */
export function refusals({ messages }: Frame, answers: Uint8Array): Refusal[] {
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
