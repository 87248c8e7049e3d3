/** A process that holds an image in pieces: gives them as a node does, and the same number of bytes as nothing but a stream. */
import '../../service/young-heap.ts'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Duplex, Readable } from 'node:stream'
import * as z from 'zod'
import { createSystemClock, createSystemRng } from '../../service/base/index.ts'
import { openDatabase } from '../../service/database/index.ts'
import { BlobStore } from '../../service/images/blobs.ts'
import { Giver } from '../../service/images/give.ts'
import { createImageStore } from '../../service/images/store.sqlite.ts'
import { createMemoryStore, createNetwork, type Network } from '../../service/network/index.ts'
import { silentLog } from '../../service/testing/deps.ts'
import { createFakeDaemon } from '../../service/testing/fake-engine.ts'

export const deps = { clock: createSystemClock(), rng: createSystemRng(), log: silentLog }

/** So many bytes that mean nothing. */
export const rawProtocol = { kind: 'duplex' as const, id: '/depin/bench/raw/1', input: z.strictObject({ bytes: z.int() }), maxBytes: 1024, deadlineMs: 10_000 }

/** What the holder says when it is ready. */
export const Ready = z.object({ peerId: z.string(), invite: z.string(), digests: z.array(z.string()) })

export function openNetwork(address: string): Network {
  return createNetwork({ listen: [`/ip4/${address}/tcp/0`], bootstrap: [], mdns: false, networkName: 'bench' }, { ...deps, seed: deps.rng.bytes(32), store: createMemoryStore() })
}

/**
 * @param address where it listens
 * @param layerBytes length of each layer
 */
async function hold(address: string, layerBytes: readonly number[]): Promise<z.infer<typeof Ready>> {
  const directory = mkdtempSync(join(tmpdir(), 'depin-bench-holder-'))
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }))
  const blobs = new BlobStore(directory)
  await blobs.open()
  const layers: string[] = []
  for (const bytes of layerBytes) layers.push(await blobs.take(Readable.from(pieces(bytes)), () => true))
  const config = await blobs.take(Readable.from([Buffer.from('{}')]), () => true)
  const database = openDatabase({ path: ':memory:' })
  const store = createImageStore(database)
  database.transaction((tx) => store.put(tx, {
    config, reference: 'bench:1', heldAs: null, origin: 'engine', createdAtMs: 0, lastUsedMs: 0,
    variant: { platform: { os: 'linux', arch: 'amd64' }, config, layers, manifest: null, downloadBytes: null, sizeBytes: null },
  }))
  const network = openNetwork(address)
  const giver = new Giver({ ...deps, store, blobs, engine: createFakeDaemon(deps).host(), network, isComing: () => false })
  process.on('disconnect', () => void giver.stop().finally(() => process.exit()))
  network.handleDuplex(rawProtocol, ({ bytes }) => Promise.resolve(Duplex.from({ readable: Readable.from(zeros(bytes), { objectMode: false, highWaterMark: 512 * 1024 }) })))
  await network.start()
  return { peerId: network.peerId, invite: network.createInvite(3_600_000).link, digests: [config, ...layers] }
}

const pieceBytes = 256 * 1024

function* pieces(bytes: number): Generator<Buffer> {
  for (let left = bytes; left > 0; left -= pieceBytes) yield randomBytes(Math.min(left, pieceBytes))
}

function* zeros(bytes: number): Generator<Buffer> {
  for (let left = bytes; left > 0; left -= pieceBytes) yield Buffer.alloc(Math.min(left, pieceBytes))
}

if (process.send !== undefined && process.argv[1] === import.meta.filename) {
  const [address = '127.0.0.1', ...layerBytes] = process.argv.slice(2)
  process.send(await hold(address, layerBytes.map(Number)))
}
