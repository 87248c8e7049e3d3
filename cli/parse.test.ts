import { InvalidArgumentError } from 'commander'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { durationBetween, engine, hostAndPort, integer, label, multiaddr, name, peerId, prices, region, serviceAndPort } from './parse.ts'

/** What each flag takes and what it does not. */
const table: { parser: (text: string) => unknown, good: [string, unknown][], bad: string[] }[] = [
  {
    parser: hostAndPort,
    good: [
      ['127.0.0.1:4848', { host: '127.0.0.1', port: 4848 }], ['[::1]:0', { host: '::1', port: 0 }], ['localhost:65535', { host: 'localhost', port: 65_535 }],
      ['0.0.0.0:80', { host: '0.0.0.0', port: 80 }],
    ],
    bad: ['', '4848', ':4848', 'localhost', 'localhost:', 'localhost:65536', 'localhost:-1', 'localhost:4x', '::1:4848', 'http://localhost:80', 'localhost:80/x', 'a b:80'],
  },
  { parser: durationBetween(60_000, 3_600_000, 'from 1m to 1h'), good: [['1m', 60_000], ['1h', 3_600_000]], bad: ['', '59s', '61m', '5', '-1m', '1e3m'] },
  {
    parser: multiaddr,
    good: [['/ip4/0.0.0.0/tcp/4001', '/ip4/0.0.0.0/tcp/4001'], ['/dns4/a.example/tcp/1/p2p/12D3', '/dns4/a.example/tcp/1/p2p/12D3']],
    bad: ['', '/', '0.0.0.0:4001', 'ip4/0.0.0.0', '/ip4//tcp', '/ip4/0.0.0.0/', '/ip4/a b/tcp/1'],
  },
  {
    parser: engine,
    good: [['auto', 'auto'], ['docker', 'docker'], ['none', 'none'], ['/run/docker.sock', '/run/docker.sock'], ['unix:///run/docker.sock', '/run/docker.sock']],
    bad: ['', 'podman-please', 'fake', 'tcp://127.0.0.1:2375', 'http://x/y'],
  },
  {
    parser: serviceAndPort,
    good: [['web:80', { service: 'web', port: 80 }], ['my_db.1:65535', { service: 'my_db.1', port: 65_535 }]],
    bad: ['', 'web', '80', ':80', 'web:', 'web:0', 'web:65536', 'Web:80', 'web:80:90', 'web:http'],
  },
  {
    parser: (text) => prices(text),
    good: [
      ['cpu=2.5,memory=1,disk=0.03,egress=0.005', { cpuCoreMonthMicro: 2_500_000n, memoryGiBMonthMicro: 1_000_000n, diskGiBMonthMicro: 30_000n, egressGiBMicro: 5_000n }],
      ['cpu=0.01/hour', { cpuCoreMonthMicro: 7_300_000n }],
      [' cpu = 1 , disk = $0 ', { cpuCoreMonthMicro: 1_000_000n, diskGiBMonthMicro: 0n }],
    ],
    bad: ['', 'cpu', 'cpu=', 'cpu=-1', 'cpu=1e3', 'cpu=0.0000001', 'gpu=1', 'cpu=1,', 'cpu=1;memory=1', 'egress=1/month', 'cpu=1/year', 'cpu=1/constructor', '__proto__=1', 'toString=1'],
  },
  { parser: name, good: [['shop', 'shop'], ['a-b_c.1', 'a-b_c.1']], bad: ['', 'Shop', '-shop', 'a/b', 'a'.repeat(64), 'a b'] },
  { parser: region, good: [['TZ', 'TZ'], ['BR-PE', 'BR-PE']], bad: ['', 'tz', 'Tanzania', 'TZ-'] },
  { parser: peerId, good: [[`12D3KooW${'A'.repeat(44)}`, `12D3KooW${'A'.repeat(44)}`]], bad: ['', 'QmFoo', `12D3KooW${'0'.repeat(44)}`] },
  { parser: integer(0, 100), good: [['0', 0], ['100', 100], ['007', 7]], bad: ['', '-1', '101', '1.5', '1e1', 'x', '9'.repeat(400)] },
  { parser: label, good: [['study-pc', 'study-pc'], ['👩‍💻 Zoë', '👩‍💻 Zoë']], bad: ['', '  ', 'x'.repeat(64), 'a\nb', '\u001b[31mred', 'a\u202eb', '\ud800', 'a\0'] },
]

describe.each(table)('a flag $#', ({ parser, good, bad }) => {
  it.each(good)('takes “%s”', (text, value) => {
    expect(parser(text)).toEqual(value)
  })

  it.each(bad)('refuses “%s”', (text) => {
    expect(() => parser(text)).toThrow(InvalidArgumentError)
  })

  it('refuses whatever else with an error of its own', () => {
    fc.assert(fc.property(fc.string(), (text) => {
      try {
        parser(text)
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidArgumentError)
      }
    }))
  })
})
