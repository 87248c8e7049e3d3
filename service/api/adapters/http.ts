/** The API and the dashboard on a loopback port. */
import type { AddressInfo } from 'node:net'
import { BlockList, isIPv6 } from 'node:net'
import { DepinError } from '../../../contract/errors.ts'
import type { Gate } from '../gate.ts'
import { createListener, type ListenerDeps } from './listener.ts'

export interface HttpAdapter {
  /** `http://127.0.0.1:4848`. Null while it does not listen. */
  origin(): string | null
  start(token: string): Promise<void>
  stop(): Promise<void>
}

const defaultHost = '127.0.0.1'
const defaultPort = 4848

/** @param address null: the default port, or any free one when that is taken. */
export function createHttpAdapter(address: { host: string, port: number } | null, deps: ListenerDeps): HttpAdapter {
  const host = address?.host ?? defaultHost
  // nobody is let in before the port is known
  let gate: Gate = { hosts: new Set(), token: '' }
  let origin: string | null = null
  const listener = createListener(deps, () => gate)
  return {
    origin: () => origin,
    start: async (token) => {
      const bindHost = loopbackAddress(host, address?.port ?? defaultPort)
      const listen = (port: number): Promise<void> => listener.listen({ host: bindHost, port, exclusive: true })
      await (address === null ? listenOnDefault(listen) : listenExactly(listen, host, address.port))
      const { port } = listener.server.address() as AddressInfo
      gate = { hosts: new Set(ownHosts(bindHost, port)), token }
      origin = `http://${authority(bindHost, port)}`
    },
    stop: async () => {
      origin = null
      await listener.close()
    },
  }
}

async function listenOnDefault(listen: (port: number) => Promise<void>): Promise<void> {
  try {
    await listen(defaultPort)
  } catch (error) {
    if (codeOf(error) !== 'EADDRINUSE') throw error
    await listen(0)
  }
}

async function listenExactly(listen: (port: number) => Promise<void>, host: string, port: number): Promise<void> {
  try {
    await listen(port)
  } catch (cause) {
    if (codeOf(cause) === 'EADDRINUSE') {
      throw new DepinError('E_PORT_IN_USE', `Port ${port} on ${host} is in use by another program.`, {
        next: `Choose another with --http ${host}:PORT, or leave --http out to take any free one.`, details: { host, port }, cause,
      })
    }
    throw new DepinError('E_ADDRESS', `Cannot listen on ${host}:${port} (${codeOf(cause) ?? 'unknown error'}).`, {
      next: `Choose another with --http ${defaultHost}:PORT, PORT from 1024 to 65535.`, details: { host, port }, cause,
    })
  }
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** The address to bind, which is always this machine's own. */
function loopbackAddress(host: string, port: number): string {
  const address = host === 'localhost' ? defaultHost : host.replace(/^\[(.*)\]$/, '$1')
  if (loopback.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')) return address
  throw new DepinError('E_ADDRESS', `The dashboard listens on this machine only; ${host} is not an address of its own.`, {
    next: `Use --http ${defaultHost}:${port}, and reach it from elsewhere with: ssh -L ${port}:${defaultHost}:${port} USER@THIS-MACHINE`,
    details: { host },
  })
}

/** Every way a browser on this machine may name us. It leaves out the port when it is HTTP's own. */
function ownHosts(address: string, port: number): string[] {
  const hosts = new Set([address, '127.0.0.1', 'localhost', '::1'])
  return [...hosts].flatMap((host) => port === 80 ? [authority(host, port), authority(host)] : [authority(host, port)])
}

function authority(host: string, port?: number): string {
  return `${isIPv6(host) ? `[${host}]` : host}${port === undefined ? '' : `:${port}`}`
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code
}
