import type { ContainerEngine, LogChunk, LogOptions } from '../types.ts'
import { inspectJson } from './containers.ts'
import type { EngineContext } from './context.ts'
import { logChunks } from './log-frames.ts'

export function createLogs({ client }: EngineContext): Pick<ContainerEngine, 'logs'> {
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

  return { logs }
}
