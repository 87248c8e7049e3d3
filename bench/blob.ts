import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BlobStore } from '../service/images/blobs.ts'
import { PeerSource } from '../service/images/peers.ts'
import type { Network } from '../service/network/index.ts'
import { deps, openNetwork, rawProtocol, Ready } from './harness/blob-holder.ts'
import { createLan, type Lan, lanMbit } from './harness/lan.ts'
import { processorMs } from './harness/process-use.ts'
import { figure, inRounds } from './harness/rounds.ts'
import type { Benchmark } from './harness/types.ts'

const rounds = 5
const layerBytes = [100e6, 100e6, 100e6]
const imageBytes = layerBytes.reduce((sum, bytes) => sum + bytes, 0)

export const blob: Benchmark = {
  name: 'blob',
  about: 'an image of 300 MB from another node, verified and on the disk, beside as many bytes through one stream on the same path',
  needs: [],
  async run({ say, signal }) {
    const loopback = { here: '127.0.0.1', there: '127.0.0.1', command: [] }
    say(`${rounds} rounds of ${imageBytes / 1e6} MB each way, between two processes`)
    const near = await compare(loopback, signal)
    using lan = createLan()
    if (lan === null) say('no wire to measure on: that takes root and iproute2')
    else say(`${rounds} rounds over ${lanMbit} Mbit/s`)
    const far = lan === null ? null : await compare(lan, signal)
    return {
      figures: [
        ...far === null ? [] : [figure(`an image of 300 MB over ${lanMbit} Mbit/s`, 'MB/s', far.image, { name: 'one raw stream', values: far.raw }, { of: 'ratio', atLeast: 0.6 })],
        figure('the same on loopback, where nothing but the two processes limits it', 'MB/s', near.image, { name: 'one raw stream', values: near.raw }, far === null ? { of: 'ratio', atLeast: 0.6 } : null),
        figure('  processor time of both ends', 'ms/GB', near.costs.image.slice(1), { name: 'one raw stream', values: near.costs.raw.slice(1) }),
      ],
      breakdowns: [],
    }
  },
}

/** MB/s of either, and the processor time of both ends, in ms/GB. */
async function compare({ here, there, command }: Pick<Lan, 'here' | 'there' | 'command'>, signal: AbortSignal): Promise<{ image: number[], raw: number[], costs: { image: number[], raw: number[] } }> {
  const directory = mkdtempSync(join(tmpdir(), 'depin-bench-blobs-'))
  const [execPath = process.execPath, ...before] = command.length === 0 ? [] : [...command, process.execPath]
  const holder = fork(join(import.meta.dirname, 'harness/blob-holder.ts'), [there, ...layerBytes.map(String)], { execPath, execArgv: [...before, ...process.execArgv] })
  const network = openNetwork(here)
  try {
    const { peerId, invite, digests } = Ready.parse((await once(holder, 'message', { signal }))[0])
    await network.start()
    await network.join(invite)
    const blobs = new BlobStore(directory)
    await blobs.open()
    const peers = new PeerSource({ ...deps, network, blobs })
    const costs = { image: [] as number[], raw: [] as number[] }
    const samples = await inRounds(rounds, {
      image: async () => {
        try {
          return await measured(holder, costs.image, async () => peers.fetch(digests, await peers.ask([peerId], digests, signal), signal, () => undefined))
        } finally {
          await Promise.all(digests.map((digest) => blobs.remove(digest)))
        }
      },
      raw: () => measured(holder, costs.raw, () => drain(network, peerId)),
    }, signal)
    return { ...samples, costs }
  } finally {
    await network.stop()
    // its files go with it, which they would not if it were killed
    if (holder.connected) holder.disconnect()
    rmSync(directory, { recursive: true, force: true })
  }
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
