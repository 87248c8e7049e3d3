import { describe, expect, it } from 'vitest'
import { leaksOf } from './attack.ts'
import { attackTargets, sockaddr } from './targets.ts'

describe('an address as the kernel takes it', () => {
  it.each([
    ['1.2.3.4', 80, '0200' + '0050' + '01020304' + '0000000000000000'],
    ['::1', 443, '0a00' + '01bb' + '00000000' + '00000000000000000000000000000001' + '00000000'],
    ['::ffff:172.17.0.1', 1, '0a00' + '0001' + '00000000' + '00000000000000000000ffffac110001' + '00000000'],
    ['ff02::1', 53, '0a00' + '0035' + '00000000' + 'ff020000000000000000000000000001' + '00000000'],
    ['2606:4700:4700::1111', 443, '0a00' + '01bb' + '00000000' + '26064700470000000000000000001111' + '00000000'],
  ])('%s port %i', (address, port, hex) => {
    expect(sockaddr(address, port)).toBe(hex)
  })
})

describe('the targets of an attack', () => {
  const targets = attackTargets({
    gateway: '172.18.0.1', friend: '172.18.0.3', victim: '172.19.0.2', guestPort: 7000, hostPort: 40_000, ownPorts: [47_830],
    hostAddresses: ['192.168.7.9', 'fd00::9'], lanGateway: '192.168.7.1', neighbours: [{ address: 'fd00::5', port: 80 }],
  })

  it('are all that no guest may reach, with and without the internet', () => {
    expect(targets.map(({ tier, what }) => `${tier}: ${what}`)).toMatchSnapshot()
    expect(targets.filter(({ expected }) => expected === 'reached')).toHaveLength(1)
    expect(Math.max(...['none', 'open'].map((tier) => targets.filter((target) => target.tier === tier).length))).toBeLessThan(128)
  })

  it('that answer are leaks, and so is a friend who does not', () => {
    const results = targets.map(({ what, tier, expected }) => ({ what, tier, expected, outcome: expected }))
    expect(leaksOf(results)).toEqual([])
    expect(leaksOf(results.map((result) => ({ ...result, outcome: 'refused' as const })))).toHaveLength(1)
    expect(leaksOf(results.map((result) => ({ ...result, outcome: 'reached' as const })))).toHaveLength(targets.length - 1)
  })
})
