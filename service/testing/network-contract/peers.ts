import { describe, expect, it } from 'vitest'
import { until } from '../wait.ts'
import { aRequest, type Pair, thrown } from './pair.ts'

const nobody = '12D3KooWQEgvBkUBU6ETDbKh3FQZBEG4pmMvgsdgRXjNuABP3cHD'

export function describePeers(pair: Pair): void {
  describe('peers', () => {
    it('are known to be connected, on both sides', async () => {
      expect(pair.near.isConnected(pair.far.peerId)).toBe(true)
      expect(pair.near.connectedPeers()).toEqual([pair.far.peerId])
      await until('the other side knows as well', () => pair.far.isConnected(pair.near.peerId))
      expect(await pair.near.peers()).toEqual([expect.objectContaining({ peerId: pair.far.peerId, connected: true })])
    })

    it('have addresses and a round trip', async () => {
      const peer = await until('the round trip is measured', async () => (await pair.near.peers()).find(({ roundTripMs }) => roundTripMs !== null))
      expect(peer.roundTripMs).toBeLessThan(1000)
      expect(peer.addresses[0]).toMatch(new RegExp(`/p2p/${pair.far.peerId}$`))
      expect(pair.far.addresses().every((address) => address.endsWith(`/p2p/${pair.far.peerId}`))).toBe(true)
    })

    it('may be asked for again and again', async () => {
      await pair.near.connect(pair.far.peerId)
      await pair.near.connect(pair.near.peerId)
      expect(pair.near.connectedPeers()).toEqual([pair.far.peerId])
    })

    it('come and go, and are told of', async () => {
      const { network: guest } = await pair.bench.start()
      const events: string[] = []
      const dispose = pair.far.onPeer(({ peerId, connected }) => events.push(`${peerId === guest.peerId ? 'guest' : peerId} ${connected ? 'came' : 'went'}`))
      await guest.join(pair.far.createInvite(60_000).link)
      await until('the guest is told of', () => events.length === 1)
      await guest.stop()
      await until('the guest has gone', () => !pair.far.isConnected(guest.peerId))
      expect(events).toEqual(['guest came', 'guest went'])
      dispose()
    })

    it('that do not exist cannot be reached', async () => {
      expect(await thrown(pair.near.request(nobody, aRequest({ deadlineMs: 2000 }), { text: '' }))).toMatchObject({ code: 'E_PEER_UNREACHABLE' })
      expect(await thrown(pair.near.connect('me'))).toMatchObject({ code: 'E_BAD_INPUT' })
    })

    it('are nobody before the start and after the stop', async () => {
      const { network } = pair.bench.create()
      expect(await thrown(network.connect(nobody))).toMatchObject({ code: 'E_NOT_RUNNING' })
      expect(network.addresses()).toEqual([])
      expect(() => network.createInvite(1000)).toThrow(expect.objectContaining({ code: 'E_NOT_RUNNING' }) as Error)
      await network.stop()
    })
  })
}
