import { noise } from '@libp2p/noise'
import { identify } from '@libp2p/identify'
import type { Libp2p, Stream } from '@libp2p/interface'
import type { Registrar } from '@libp2p/interface-internal'
import { tcp } from '@libp2p/tcp'
import { tls as otherTls } from '@libp2p/tls'
import { lpStream } from '@libp2p/utils'
import { yamux as otherYamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p, type Libp2pOptions } from 'libp2p'
import { helloProtocol } from '../network/hello.ts'
import type { Network } from '../network/index.ts'
import { encodeMessage } from '../network/wire/codec.ts'

/** A node that is none of ours: stock libp2p, which greets as ours do and then says whatever a test wants it to say. */
export class Stranger {
  readonly host: Libp2p

  constructor(host: Libp2p) {
    this.host = host
  }

  static async create(encryption: 'tls' | 'noise', networkName = 'test', services: Libp2pOptions['services'] = {}): Promise<Stranger> {
    const host = await createLibp2p({
      addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
      transports: [tcp()],
      connectionEncrypters: [encryption === 'tls' ? otherTls() : noise()],
      streamMuxers: [otherYamux()],
      connectionMonitor: { enabled: false },
      services: { identify: identify(), hello: answerHello(networkName), ...services },
    })
    return new Stranger(host)
  }

  get peerId(): string {
    return this.host.peerId.toString()
  }

  async connect(network: Network): Promise<void> {
    await this.host.dial(multiaddr(network.addresses()[0]))
  }

  async open(network: Network, protocolId: string): Promise<Stream> {
    return await this.host.dialProtocol(multiaddr(network.addresses()[0]), protocolId, { maxOutboundStreams: 10_000 })
  }

  /** Says these bytes and gives what comes back, until the other side ends or cuts. */
  async say(network: Network, protocolId: string, bytes: Uint8Array): Promise<Buffer> {
    const stream = await this.open(network, protocolId)
    const chunks: Uint8Array[] = []
    const over = new Promise<void>((resolve) => {
      stream.addEventListener('message', (event) => chunks.push(event.data.slice()))
      stream.addEventListener('remoteCloseWrite', () => setImmediate(resolve))
      stream.addEventListener('close', () => resolve())
    })
    if (bytes.length > 0) stream.send(bytes)
    await over
    stream.abort(new Error('heard enough'))
    return Buffer.concat(chunks)
  }

  async stop(): Promise<void> {
    await this.host.stop()
  }
}

function answerHello(networkName: string): (components: { registrar: Registrar }) => object {
  return ({ registrar }) => {
    void registrar.handle(helloProtocol.id, async (stream) => {
      await lpStream(stream).read()
      stream.send(encodeMessage({ ok: { network: networkName } }))
      await stream.close()
    })
    return {}
  }
}
