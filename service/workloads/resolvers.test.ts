import { describe, expect, it } from 'vitest'
import { hostResolvers } from './resolvers.ts'

const from = (servers: string[], uplinks = ''): string[] => hostResolvers({ servers: () => servers, uplinks: () => uplinks })

describe('the name servers that guards ask', () => {
  it('are this machine’s own, in their order', () => {
    expect(from(['192.168.1.1', 'fd00::1', '9.9.9.9', '192.168.1.1', '1.1.1.1', '8.8.8.8'])).toEqual(['192.168.1.1', '9.9.9.9', '1.1.1.1'])
  })

  it('are those behind a server of this machine’s loopback, which no guest’s network leads to', () => {
    expect(from(['127.0.0.53'], '# by systemd\nnameserver 10.1.2.3\nnameserver fe80::1%2\nnameserver 127.0.0.1\nsearch lan\n')).toEqual(['10.1.2.3'])
  })

  it('are a public one where there is no other, and none at a port of its own', () => {
    expect(from([])).toEqual(['9.9.9.9'])
    expect(from(['127.0.0.1', '[::1]:5353', '10.0.0.1:5353'])).toEqual(['9.9.9.9'])
  })
})
