import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BlobStore } from '../service/images/blobs.ts'
import { PeerSource } from '../service/images/peers.ts'
import type { Network } from '../service/network/index.ts'
import { deps, openNetwork, rawProtocol, Ready } from './harness/blob-holder.ts'
import { processorMs } from './harness/process-use.ts'
import { figure, inRounds } from './harness/rounds.ts'
import type { Benchmark } from './harness/types.ts'

const rounds = 5
const layerBytes = [100e6, 100e6, 100e6]
const imageBytes = layerBytes.reduce((sum, bytes) => sum + bytes, 0)

export const blob: Benchmark = {
  name: 'blob',
  about: 'an image of 300 MB from another node, verified and on the disk, beside as many bytes through one stream between the same two processes',
  needs: [],
  async run({ say, signal }) {
    const directory = mkdtempSync(join(tmpdir(), 'depin-bench-blobs-'))
    const holder = fork(join(import.meta.dirname, 'harness/blob-holder.ts'), layerBytes.map(String))
    const network = openNetwork()
    try {
      const { peerId, invite, digests } = Ready.parse((await once(holder, 'message', { signal }))[0])
      await network.start()
      await network.join(invite)
      const blobs = new BlobStore(directory)
      await blobs.open()
      const peers = new PeerSource({ ...deps, network, blobs })
      say(`${rounds} rounds of ${imageBytes / 1e6} MB each way`)
      const costs = { image: [] as number[], raw: [] as number[] }
      const samples = await inRounds(rounds, {
        image: () => measured(holder, costs.image, async () => {
          await peers.fetch(digests, await peers.ask([peerId], digests, signal), signal, () => undefined)
        }).finally(() => Promise.all(digests.map((digest) => blobs.remove(digest)))),
        raw: () => measured(holder, costs.raw, () => drain(network, peerId)),
      }, signal)
      return {
        figures: [
          figure('an image of 300 MB', 'MB/s', samples.image, { name: 'one raw stream', values: samples.raw }, { of: 'ratio', atLeast: 0.6 }),
          figure('  processor time of both ends', 'ms/GB', costs.image.slice(1), { name: 'one raw stream', values: costs.raw.slice(1) }),
        ],
        breakdowns: [],
      }
    } finally {
      await network.stop()
      // its files go with it, which they would not if it were killed
      if (holder.connected) holder.disconnect()
      rmSync(directory, { recursive: true, force: true })
    }
  },
}

/** MB/s; the processor time that both ends took for it is added to `costs`. */
async function measured(holder: ChildProcess, costs: number[], work: () => Promise<void>): Promise<number> {
  const used = (): number => processorMs(process.pid) + processorMs(holder.pid ?? process.pid)
  const [usedBefore, startedMs] = [used(), performance.now()]
  await work()
  const tookMs = performance.now() - startedMs
  costs.push((used() - usedBefore) / imageBytes * 1e9)
  return imageBytes / 1e6 / (tookMs / 1000)
}

async function drain(network: Network, peerId: string): Promise<void> {
  const stream = await network.duplex(peerId, rawProtocol, { bytes: imageBytes })
  stream.end()
  let bytes = 0
  for await (const chunk of stream) bytes += (chunk as Uint8Array).length
  if (bytes !== imageBytes) throw new Error(`${bytes} of ${imageBytes} bytes came`)
}
