import type { ContainerEngine, LogChunk, LogOptions } from '../types.ts'
import { inspectJson } from './containers.ts'
import type { EngineContext } from './context.ts'
import { logChunks } from './log-frames.ts'

/** So long it is listened to what a container prints, and no more than so much of it. */
const listenMs = 250
const listenBytes = 4 * 1024 ** 2
/** What a line costs an engine besides its bytes. */
const lineBytes = 64

export function createLogs({ client, clock }: EngineContext): Pick<ContainerEngine, 'logs' | 'outputRate'> {
  const what = 'read the log'

  async function* logs(containerId: string, options: LogOptions): AsyncGenerator<LogChunk, void> {
    const container = await inspectJson(client, containerId, options.signal)
    if (container === null) return
    const query = { follow: options.follow, stdout: true, stderr: true, timestamps: true, tail: options.tailLines }
    // dockerode hands out a stream only when it is told to follow; the engine reads the query
    using open = await client.stream(what, (docker, abortSignal) => (
      docker.getContainer(containerId).logs({ follow: true, abortSignal, ...{ _query: query } })
    ), options.signal)
    try {
      yield* logChunks(open.body, container.Config.Tty)
    } catch (error) {
      throw client.bodyError(what, error, options.signal)
    }
  }

  async function outputRate(containerId: string, signal: AbortSignal): Promise<number> {
    const socket = await client.overhear(containerId, signal)
    const startedMs = clock.monotonicMs()
    const enough = Promise.withResolvers<null>()
    let bytes = 0
    socket.on('data', (chunk: Uint8Array) => {
      bytes += chunk.length + lineBytes * linesIn(chunk)
      if (bytes > listenBytes) enough.resolve(null)
    })
    socket.once('close', () => enough.resolve(null))
    try {
      await Promise.race([enough.promise, clock.sleep(listenMs, signal)])
      return bytes * 1000 / Math.max(1, clock.monotonicMs() - startedMs)
    } finally {
      socket.destroy()
    }
  }

  return { logs, outputRate }
}

function linesIn(chunk: Uint8Array): number {
  let lines = 0
  for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++
  return lines
}
