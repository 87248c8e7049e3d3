import { createServer } from 'node:net'
import { multiaddr } from '@multiformats/multiaddr'
import { DepinError } from '../../contract/errors.ts'
import type { NetworkOptions, NetworkStore } from './types.ts'

const portKey = 'listen:port'
const anyIpv4 = '0.0.0.0'
const anyIpv6 = '::'

/**
 * Where to listen. Without a wish of the owner: on the port of last time, at which other nodes look for this one, if it
 * is free; else on any, which is then remembered.
 */
export async function listenAddresses(options: NetworkOptions, peerId: string, store: NetworkStore): Promise<string[]> {
  if (options.listen.length > 0) return options.listen.map(checked)
  if (options.transport === 'memory') return [`/memory/${peerId}`]
  const lastPort = readPort(store)
  const port = lastPort !== undefined && await isFree(lastPort, anyIpv4) ? lastPort : await freePort()
  if (port !== lastPort) store.apply([{ key: portKey, value: Buffer.from(String(port)) }])
  return [`/ip4/${anyIpv4}/tcp/${port}`, ...await isFree(port, anyIpv6) ? [`/ip6/${anyIpv6}/tcp/${port}`] : []]
}

/** What it means to the owner that listening failed. */
export function listenError(error: unknown, addresses: readonly string[]): DepinError {
  const text = error instanceof Error ? error.message : String(error)
  const where = addresses.join(', ')
  if (text.includes('EADDRINUSE') || text.includes('already in use')) {
    return new DepinError('E_PORT_IN_USE', `Another program listens on ${where} already.`, {
      next: 'Choose another port with --listen, or leave --listen out to take any free one.', details: { addresses: [...addresses] }, cause: error,
    })
  }
  return new DepinError('E_ADDRESS', `This computer cannot listen on ${where}.`, {
    next: 'Use an address of this computer, for example --listen /ip4/0.0.0.0/tcp/4747.', details: { addresses: [...addresses] }, cause: error,
  })
}

function checked(address: string): string {
  try {
    const parsed = multiaddr(address)
    // a socket file is a place, and none where other computers come
    if (!parsed.getComponents().some(({ name }) => name === 'unix')) return parsed.toString()
  } catch (cause) {
    throw notAnAddress(address, cause)
  }
  throw notAnAddress(address)
}

function notAnAddress(address: string, cause?: unknown): DepinError {
  return new DepinError('E_ADDRESS', `“${address}” is not an address to listen on.`, { next: 'Write it like /ip4/0.0.0.0/tcp/4747.', cause })
}

function readPort(store: NetworkStore): number | undefined {
  const port = Number(Buffer.from(store.get(portKey) ?? []).toString())
  return Number.isInteger(port) && port > 0 && port < 65536 ? port : undefined
}

async function isFree(port: number, host: string): Promise<boolean> {
  return await tryPort(port, host) !== undefined
}

async function freePort(): Promise<number> {
  const port = await tryPort(0, anyIpv4)
  if (port === undefined) throw new DepinError('E_ADDRESS', 'This computer has no free port to listen on.', { next: 'Close other programs, or name an address with --listen.' })
  return port
}

/** The port that was free for a moment. */
function tryPort(port: number, host: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen({ port, host, ipv6Only: host === anyIpv6, exclusive: true }, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : undefined))
    })
  })
}
