import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { decodeCounters } from './counters.ts'
import { encodeMessages } from './netlink.ts'
import type { NetworkPolicy } from './policy.ts'
import { changingFrames, encodeFrame, type Frame, frameHeaderBytes, maxFrameBytes, openingFrames, programArguments, refusals } from './program.ts'
import { counter, listCounters } from './table.ts'

function policy(egress: NetworkPolicy['egress']): NetworkPolicy {
  return {
    egress, peers: { subnet: '10.201.0.64/26', gateway: '10.201.0.65', address: '10.201.0.66' }, ingress: { ports: [8080, 9000], from: ['10.201.0.65'] },
    denied: ['203.0.113.7', '81.2.69.142', 'fd00::1'], caps: { rateKbit: 20_000, maxFlows: 256, newDestinationsPerSecond: 20, namesPerSecond: 2000 },
  }
}

/** One line a message, so that a change of a rule is a change of a line. */
function written(frames: readonly Frame[]): string {
  return frames.flatMap((frame) => 'order' in frame ? [`${frame.kind}\n  ${Buffer.from(frame.order).toString('hex')}\n`] : frame.messages.map((message) => (
    `${frame.kind} · ${message.what}\n  ${Buffer.from(encodeMessages([message])).toString('hex')}\n`
  ))).join('')
}

describe('golden programs', () => {
  it.each([
    ['none', policy({ tier: 'none' })],
    ['domains', policy({ tier: 'domains', names: ['api.example.org', '*.cdn.example.net'], resolvers: ['192.168.1.1'] })],
    ['open', policy({ tier: 'open', dns: '9.9.9.9' })],
  ])('tier %s', async (name, of) => {
    await expect(written(openingFrames(of))).toMatchFileSnapshot(join(import.meta.dirname, 'golden', `${name}.txt`))
  })
})

describe('a program', () => {
  it('has a frame for each argument of the guard, below what an argument may be', () => {
    const [rules = '', links = ''] = programArguments(openingFrames(policy({ tier: 'open', dns: '9.9.9.9' })))
    expect(Buffer.from(rules, 'base64').subarray(0, 8)).toEqual(Buffer.from('GRD1\x01\0\0\0'))
    expect(Buffer.from(links, 'base64').subarray(frameHeaderBytes, frameHeaderBytes + 16)).toEqual(Buffer.from(`eth0${'\0'.repeat(12)}`))
    expect(rules.length + links.length).toBeLessThan(30_000)
  })

  it('with all names and addresses that a policy may have fits the guard', () => {
    const label = 'a'.repeat(63)
    const most = Array.from({ length: 64 }, (_, at) => `*.${String(at).padStart(2, '0')}.${label}.${label}.${label}.${label.slice(0, 50)}.aa`)
    const denied = Array.from({ length: 4096 }, (_, index) => `8.${index >> 8}.${index & 255}.1/32`)
    const { rules, names: { order } } = changingFrames({ ...policy({ tier: 'domains', names: most, resolvers: ['192.168.1.1'] }), denied })
    expect(encodeFrame(rules).length).toBeLessThan(maxFrameBytes)
    // guard/order.h: NAMES_ROOM and RANGES_ROOM
    const [ranges, names] = [24, 28].map((at) => Buffer.from(order).readUInt32LE(at))
    expect(ranges).toBeGreaterThan(4096 * 8)
    expect(ranges).toBeLessThanOrEqual(49_152)
    expect(names).toBeGreaterThan(64 * 200)
    expect(names).toBeLessThanOrEqual(32_768)
  })

  it.each<[string, NetworkPolicy]>([
    ['egress.names.0', policy({ tier: 'domains', names: ['example'], resolvers: [] })],
    ['egress.resolvers.0', policy({ tier: 'domains', names: ['example.org'], resolvers: ['fd00::1'] })],
    ['peers.subnet', { ...policy({ tier: 'none' }), peers: { subnet: '10.201.0.64/33', gateway: '10.201.0.65', address: null } }],
    ['denied.0', { ...policy({ tier: 'none' }), denied: ['anything'] }],
    ['caps.maxFlows', { ...policy({ tier: 'none' }), caps: { rateKbit: 20_000, maxFlows: 0, newDestinationsPerSecond: 20, namesPerSecond: 2000 } }],
  ])('is not made of a policy whose %s is none', (field, bad) => {
    expect(() => openingFrames(bad)).toThrow(expect.objectContaining({ code: 'E_BAD_INPUT', details: { field } }) as Error)
  })
})

describe('what the kernel answers', () => {
  it('is told by the name of what was refused, with its words', () => {
    // an error, the header of the message that it is about, NLMSGERR_ATTR_MSG
    const frame: Frame = { kind: 'firewall', messages: [counter('one'), counter('two')] }
    const words = Buffer.from('no such chain\0\0\0')
    const answer = Buffer.alloc(16 + 4 + 16 + 4 + words.length)
    answer.writeUInt32LE(answer.length, 0)
    answer.writeUInt16LE(2, 4)
    answer.writeUInt32LE(2, 8)
    answer.writeInt32LE(-2, 16)
    answer.writeUInt16LE(4 + words.length - 2, 36)
    answer.writeUInt16LE(1, 38)
    words.copy(answer, 40)
    expect(refusals(frame, answer)).toEqual([{ what: 'counter two', error: 2, words: 'no such chain' }])
  })

  it('has no counters where there are none', () => {
    expect(() => decodeCounters(encodeMessages([listCounters()]))).toThrow('there is no counter out')
    expect(() => decodeCounters(Uint8Array.of(1, 2, 3))).toThrow(RangeError)
  })
})
