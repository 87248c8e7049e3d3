import { multiaddr } from '@multiformats/multiaddr'
import { expect, it } from 'vitest'
import { createGate } from './gate.ts'
import type { PeerLimits } from './wire/limits.ts'

it.each([
  ['/ip4/192.0.2.7/tcp/4747', false],
  ['/ip6/2001:db8::7/tcp/4747', false],
  ['/dns4/node.example/tcp/4747', false],
  ['/ip4/192.0.2.7/tcp/4747/p2p/12D3KooWBquQ2ZtZu7pE1JQTi62CpbQAJm4w4YjmrhJjp5kjXBVX/p2p-circuit', false],
  ['/unix/%2Fvar%2Frun%2Fdocker.sock', true],
  ['/unix/%2Fvar%2Frun%2Fdocker.sock/p2p/12D3KooWBquQ2ZtZu7pE1JQTi62CpbQAJm4w4YjmrhJjp5kjXBVX', true],
])('a peer that says it is at %s is refused: %s', (address, isRefused) => {
  const gate = createGate({ limits: { isRefused: () => false } as unknown as PeerLimits, maxInbound: 1 })
  expect(gate.denyDialMultiaddr?.(multiaddr(address))).toBe(isRefused)
})
