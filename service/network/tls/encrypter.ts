/**
 * `/tls/1.0.0` of libp2p (libp2p/specs `tls/tls.md`), on Node's own TLS. It speaks with every other implementation; it
 * exists because it hands TCP sockets to Node as they are, where `@libp2p/tls` feeds it through JavaScript streams, and
 * makes one certificate per node instead of one per connection.
 */
import { constants, type KeyObject } from 'node:crypto'
import { Socket } from 'node:net'
import { connect, createSecureContext, type SecureContext, TLSSocket } from 'node:tls'
import { type ConnectionEncrypter, type MessageStream, type SecureConnectionOptions, type SecuredConnection, serviceCapabilities, type StreamMessageEvent, type StreamMuxerFactory, UnexpectedPeerError, type Upgrader } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import type { Clock } from '../../base/index.ts'
import { CertificateError, createCertificate, verifyCertificate } from './certificate.ts'
import { duplexOver } from './message-duplex.ts'
import { SecureConnection } from './secure-connection.ts'

export interface TlsOptions {
  /** The node's Ed25519 key. */
  identityKey: KeyObject
  clock: Clock
}

/** Read when a connection comes: libp2p sets it after it has made us. */
interface TlsComponents { readonly upgrader: Upgrader }

/** With hardware AES the first is by far the fastest; the others are what the peer may have instead. */
const ciphers = 'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256'
/** Offered with ALPN beside the muxers, by those who do not choose a muxer there. */
const noMuxer = 'libp2p'

export function tls(options: TlsOptions): (components: TlsComponents) => ConnectionEncrypter {
  const context = createSecureContext({
    ...createCertificate(options.identityKey), ciphers, minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3', secureOptions: constants.SSL_OP_NO_TICKET,
  })
  return (components) => new TlsEncrypter(context, options.clock, components)
}

class TlsEncrypter implements ConnectionEncrypter {
  readonly protocol = '/tls/1.0.0'
  readonly [Symbol.toStringTag] = 'depin-tls'
  readonly [serviceCapabilities] = ['@libp2p/connection-encryption']
  readonly #context: SecureContext
  readonly #clock: Clock
  readonly #components: TlsComponents

  constructor(context: SecureContext, clock: Clock, components: TlsComponents) {
    this.#context = context
    this.#clock = clock
    this.#components = components
  }

  secureInbound(connection: MessageStream, options?: SecureConnectionOptions): Promise<SecuredConnection> {
    return this.#secure(connection, 'server', options)
  }

  secureOutbound(connection: MessageStream, options?: SecureConnectionOptions): Promise<SecuredConnection> {
    return this.#secure(connection, 'client', options)
  }

  async #secure(connection: MessageStream, side: 'server' | 'client', options: SecureConnectionOptions = {}): Promise<SecuredConnection> {
    const early = options.skipStreamMuxerNegotiation !== true
    const alpn = [...early ? this.#components.upgrader.getStreamMuxers().keys() : [], noMuxer]
    const socket = this.#wrap(await underneath(connection), side, alpn)
    try {
      await handshake(socket, connection, options.signal)
      const certificate = socket.getPeerX509Certificate()
      if (certificate === undefined) throw new CertificateError('is missing')
      const remotePeer = peerIdFromString(verifyCertificate(certificate.raw, this.#clock.nowMs()))
      if (options.remotePeer?.equals(remotePeer) === false) throw new UnexpectedPeerError(`Dialled ${options.remotePeer.toString()}, met ${remotePeer.toString()}`)
      return { connection: new SecureConnection(connection, socket), remotePeer, ...this.#earlyMuxer(socket, early) }
    } catch (error) {
      socket.destroy()
      connection.abort(error as Error)
      throw error
    }
  }

  #wrap(under: Awaited<ReturnType<typeof underneath>>, side: 'server' | 'client', alpn: string[]): TLSSocket {
    const common = { secureContext: this.#context, rejectUnauthorized: false, ALPNProtocols: alpn }
    const socket = side === 'server' ? new TLSSocket(under, { ...common, isServer: true, requestCert: true }) : connect({ ...common, socket: under })
    // an error may come at any moment from now on; those who wait for something hear of it themselves
    socket.on('error', () => undefined)
    return socket
  }

  #earlyMuxer(socket: TLSSocket, early: boolean): { streamMuxer?: StreamMuxerFactory } {
    const chosen = early && typeof socket.alpnProtocol === 'string' ? this.#components.upgrader.getStreamMuxers().get(socket.alpnProtocol) : undefined
    return chosen === undefined ? {} : { streamMuxer: chosen }
  }
}

/** The TCP socket of a connection when it has one, with bytes put back that were read too early; else a stream around it. */
async function underneath(connection: MessageStream): Promise<Socket | ReturnType<typeof duplexOver>> {
  const socket = (connection as { socket?: unknown }).socket
  if (!(socket instanceof Socket) || socket instanceof TLSSocket) return duplexOver(connection)
  const early = connection.readBufferLength > 0 ? await firstMessage(connection) : undefined
  socket.removeAllListeners('data')
  if (early !== undefined) {
    socket.pause()
    socket.unshift(early)
  }
  return socket
}

function firstMessage(connection: MessageStream): Promise<Uint8Array> {
  return new Promise((resolve) => {
    connection.addEventListener('message', (event: StreamMessageEvent) => resolve(event.data.subarray()), { once: true })
  })
}

function handshake(socket: TLSSocket, under: MessageStream, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => settle(() => reject(error))
    // not at once: this is called from inside of OpenSSL, which does not survive it when somebody then cuts the connection
    const onSecure = (): void => void setImmediate(() => settle(resolve))
    const onClose = (): void => fail(new Error('The connection closed during the TLS handshake'))
    const onAbort = (): void => fail(signal?.reason instanceof Error ? signal.reason : new Error('The TLS handshake was aborted'))
    const settle = (then: () => void): void => {
      socket.off('secure', onSecure).off('error', fail).off('close', onClose)
      under.removeEventListener('close', onClose)
      signal?.removeEventListener('abort', onAbort)
      then()
    }
    socket.once('secure', onSecure).once('error', fail).once('close', onClose)
    under.addEventListener('close', onClose)
    signal?.addEventListener('abort', onAbort)
    if (signal?.aborted === true) onAbort()
  })
}
