import { describe, expect, it } from 'vitest'
import { argumentsOfAgain, readArguments } from './arguments.ts'

const read = (args: string[], env: Record<string, string> = {}, platform = 'linux') => readArguments({ args, env, platform, home: '/home/amina', cwd: '/home/amina/here' })

describe('what the app is started with', () => {
  it('is nothing at all, mostly', () => {
    expect(read([])).toEqual({
      hidden: false, join: null,
      serve: { dataDir: '/home/amina/.local/share/depin', http: null, listen: [], bootstrap: [], mdns: true, engine: 'auto', share: false, logLevel: 'warn', newIdentity: false },
    })
  })

  it('means what it means to `depin serve`, among what is Chromium’s', () => {
    expect(read([
      '--inspect=0', '--remote-debugging-port=0', '-r', '/tmp/loader.js', '.', '--no-sandbox', '--hidden', '--share', '--engine', 'none', '--no-mdns', '--http=127.0.0.1:8080',
      '--listen', '/ip4/127.0.0.1/tcp/0', '--listen=/ip6/::1/tcp/0', '--data-dir', 'node-b', '--log', 'debug', 'depin://join/abc',
    ])).toEqual({
      hidden: true, join: 'depin://join/abc',
      serve: { dataDir: '/home/amina/here/node-b', http: { host: '127.0.0.1', port: 8080 }, listen: ['/ip4/127.0.0.1/tcp/0', '/ip6/::1/tcp/0'], bootstrap: [], mdns: false, engine: 'none', share: true, logLevel: 'debug', newIdentity: false },
    })
  })

  it('finds the data directory where the command line does', () => {
    expect(read([], { DEPIN_DATA_DIR: '/srv/depin' }).serve.dataDir).toBe('/srv/depin')
    expect(read([], {}, 'darwin').serve.dataDir).toBe('/home/amina/Library/Application Support/Depin')
    expect(read([], { XDG_DATA_HOME: 'data', DEPIN_DATA_DIR: '' }).serve.dataDir).toBe('/home/amina/.local/share/depin')
  })

  it('is refused where it makes no sense', () => {
    expect(() => read(['--log', 'loud'])).toThrow('logLevel')
  })

  it('is not all of it for a start that follows by itself: a link was opened once', () => {
    expect(argumentsOfAgain(['--hidden', '--share', '--data-dir', 'node-b', '--new-identity', 'depin://join/abc'])).toEqual(['--share', '--data-dir', 'node-b'])
  })
})
