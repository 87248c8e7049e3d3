import { describe, expect, it } from 'vitest'
import { choosePool, contains, routedRanges } from './addresses.ts'
import { nextAttempt, plainly } from './attempts.ts'
import { engineAddresses } from './find.ts'
import { planCleanup } from './firewall.ts'
import { mountsBelow } from './leftovers.ts'

describe('addresses of an engine of our own', () => {
  it('are the first that nothing here uses', () => {
    expect(choosePool(['192.168.1.10/24', '172.17.0.1/16'])).toEqual({ bridge: '10.192.128.1/24', base: '10.192.0.0/17', size: 24 })
    expect(choosePool(['10.192.4.1/24', '10.193.128.0/25', '10.194.0.0/15'])?.base).toBe('10.196.0.0/17')
  })

  it('are none when a network has all of 10/8', () => {
    expect(choosePool(['10.0.0.0/8'])).toBeUndefined()
  })

  it('are told from others', () => {
    const pool = { bridge: '10.192.128.1/24', base: '10.192.0.0/17', size: 24 }
    expect([contains(pool, '10.192.3.0/24'), contains(pool, '10.192.128.1'), contains(pool, '10.193.0.1'), contains(pool, 'docker0')]).toEqual([true, true, false, false])
  })

  it('mind the routes of this machine, the default one aside', () => {
    const table = [
      'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT',
      'eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0',
      'docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0',
      'vpn\t0000C00A\t00000000\t0001\t0\t0\t0\t0000F0FF\t0\t0\t0',
    ].join('\n')
    expect(routedRanges(table)).toEqual(['172.17.0.0/16', '10.192.0.0/12'])
  })
})

describe('what an engine left in the packet filter', () => {
  const before = `*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
-A FORWARD -s 1.2.3.4/32 -m comment --comment "mine own" -j DROP
COMMIT
*nat
:POSTROUTING ACCEPT [0:0]
COMMIT
`
  const isOurs = (word: string) => word === 'depin1' || word.startsWith('10.192.')

  it('goes, and what others have or add stays', () => {
    const after = `*filter
:INPUT ACCEPT [3:4]
:FORWARD DROP [1:2]
:DOCKER - [0:0]
:DOCKER-USER - [0:0]
-A FORWARD -j DOCKER-USER
-A FORWARD -i depin1 ! -o depin1 -m comment --comment "two words" -j ACCEPT
-A FORWARD -s 1.2.3.4/32 -m comment --comment "mine own" -j DROP
-A FORWARD -s 5.6.7.8/32 -j DROP
-A DOCKER-USER -j RETURN
COMMIT
*nat
:POSTROUTING ACCEPT [0:0]
-A POSTROUTING -s 10.192.128.0/24 ! -o depin1 -j MASQUERADE
COMMIT
`
    expect(planCleanup(before, after, isOurs)).toEqual([
      ['-t', 'filter', '-D', 'FORWARD', '-j', 'DOCKER-USER'],
      ['-t', 'filter', '-D', 'FORWARD', '-i', 'depin1', '!', '-o', 'depin1', '-m', 'comment', '--comment', 'two words', '-j', 'ACCEPT'],
      ['-t', 'filter', '-F', 'DOCKER'],
      ['-t', 'filter', '-F', 'DOCKER-USER'],
      ['-t', 'filter', '-X', 'DOCKER'],
      ['-t', 'filter', '-X', 'DOCKER-USER'],
      ['-t', 'filter', '-P', 'FORWARD', 'ACCEPT'],
      ['-t', 'nat', '-D', 'POSTROUTING', '-s', '10.192.128.0/24', '!', '-o', 'depin1', '-j', 'MASQUERADE'],
    ])
  })

  it('is nothing when nothing changed', () => {
    expect(planCleanup(before, before, isOurs)).toEqual([])
  })
})

describe('an engine that does not start', () => {
  it('gets another try for each cause that is known, and no more', () => {
    const legacy = nextAttempt('iptables v1.8.9 (nf_tables): Could not fetch rule set generation id: Invalid argument', plainly)
    expect(legacy).toEqual({ plainStorage: false, legacyFirewall: true })
    const both = nextAttempt('error initializing graphdriver: driver not supported', legacy ?? plainly)
    expect(both).toEqual({ plainStorage: true, legacyFirewall: true })
    expect(nextAttempt('error initializing graphdriver: driver not supported', both ?? plainly)).toBeUndefined()
    expect(nextAttempt('failed to start daemon: no space left on device', plainly)).toBeUndefined()
  })
})

describe('where an engine is looked for', () => {
  it('is only where DOCKER_HOST says, when it says', () => {
    expect(engineAddresses({ DOCKER_HOST: 'tcp://127.0.0.1:2375' }, 'linux', '/home/a')).toEqual(['tcp://127.0.0.1:2375'])
  })

  it('is the system\'s place first, then the person\'s', () => {
    expect(engineAddresses({ XDG_RUNTIME_DIR: '/run/user/1' }, 'linux', '/home/a').slice(0, 3)).toEqual(['unix:///var/run/docker.sock', 'unix:///run/user/1/docker.sock', 'unix:///home/a/.docker/run/docker.sock'])
  })
})

describe('mounts in a folder', () => {
  it('are undone from the inside out', () => {
    const table = 'proc /proc proc rw 0 0\noverlay /tmp/e/data/merged overlay rw 0 0\nshm /tmp/e/data/merged/shm tmpfs rw 0 0\nnsfs /tmp/e2/netns nsfs rw 0 0\n'
    expect(mountsBelow(table, '/tmp/e')).toEqual(['/tmp/e/data/merged/shm', '/tmp/e/data/merged'])
  })
})
