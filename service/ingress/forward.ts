import { createServer, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { DepinError, toErrorReport } from '../../contract/errors.ts'
import { tunnelProtocol } from '../../contract/wire/v1/protocols.ts'
import { EarlyBytes, splice } from '../network/index.ts'
import type { Forward, ForwardOptions, IngressDeps, TunnelTarget } from './types.ts'

const host = '127.0.0.1'
/** A connection waits this long for a copy to be reachable again before it is refused, ms. */
const patienceMs = 10_000
const retryMs = 300

/** Listens on loopback; each connection becomes one stream to one running copy, in turn. */
export async function openForward(deps: IngressDeps, options: ForwardOptions): Promise<Forward> {
  const sockets = new Set<Socket>()
  const counts = { connections: 0, totalConnections: 0, sentBytes: 0, receivedBytes: 0, problem: null as string | null }
  let turn = 0

  async function serve(socket: Socket): Promise<void> {
    counts.totalConnections++
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => {
      sockets.delete(socket)
      counts.sentBytes += socket.bytesRead
      counts.receivedBytes += socket.bytesWritten
    })
    try {
      const { stream, leaseId } = await openTunnel(deps, options, socket, turn++)
      counts.problem = null
      socket.once('close', deps.metering.followEgress(leaseId, 'tenant', () => socket.bytesWritten))
      splice(stream, socket)
    } catch (error) {
      counts.problem = toErrorReport(error).message
      deps.log.info('no tunnel', { service: options.service, error })
      socket.destroy()
    }
  }

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => void serve(socket))
  const port = await listen(server, options.localPort)
  return {
    host,
    port,
    counts: () => {
      const open = [...sockets]
      return {
        ...counts,
        connections: open.length,
        sentBytes: counts.sentBytes + open.reduce((sum, socket) => sum + socket.bytesRead, 0),
        receivedBytes: counts.receivedBytes + open.reduce((sum, socket) => sum + socket.bytesWritten, 0),
      }
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => void server.close(() => resolve()))
    },
  }
}

/** Tries the running copies in turn, and again for a while: a host that restarts is soon back. */
async function openTunnel(deps: IngressDeps, options: ForwardOptions, socket: Socket, turn: number): Promise<{ stream: Duplex, leaseId: string }> {
  const early = new EarlyBytes(socket)
  const giveUpAtMs = deps.clock.monotonicMs() + patienceMs
  for (;;) {
    let failure: DepinError | undefined
    const targets = options.targets()
    for (const { leaseId, provider } of rotate(targets, turn)) {
      try {
        return { stream: await deps.network.duplex(provider, tunnelProtocol, { leaseId, service: options.service, port: options.port }, { early }), leaseId }
      } catch (error) {
        failure = error instanceof DepinError ? error : new DepinError('E_INTERNAL', 'The tunnel could not be opened.', { cause: error })
        if (failure.code === 'E_NOT_FOUND' || early.isLost) throw failure
      }
    }
    if (socket.destroyed || deps.clock.monotonicMs() >= giveUpAtMs) {
      throw failure ?? new DepinError('E_PEER_UNREACHABLE', 'No copy of the app is running now.', { next: 'See “depin ps” for why.' })
    }
    await deps.clock.sleep(retryMs)
  }
}

function rotate(targets: readonly TunnelTarget[], turn: number): TunnelTarget[] {
  const start = targets.length === 0 ? 0 : turn % targets.length
  return [...targets.slice(start), ...targets.slice(0, start)]
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const inUse = cause.code === 'EADDRINUSE'
      reject(new DepinError(inUse ? 'E_PORT_IN_USE' : 'E_ADDRESS', inUse ? `Port ${port} on this computer is in use.` : `Cannot listen on port ${port} (${cause.code ?? 'unknown error'}).`, {
        next: 'Choose another with --local, or leave it out for any free one.', cause,
      }))
    })
    server.listen(port, host, resolve)
  })
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : port
}
