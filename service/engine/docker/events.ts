import * as z from 'zod'
import { formatEndpoint } from '../endpoint.ts'
import { engineGone } from '../errors.ts'
import { labelKeys, podOf } from '../names.ts'
import type { ContainerEngine, EngineEvent } from '../types.ts'
import type { OpenBody } from './client.ts'
import type { EngineContext } from './context.ts'
import { jsonLines } from './json-lines.ts'
import type { Published } from './published.ts'

const Message = z.object({
  Action: z.string(),
  Actor: z.object({ ID: z.string(), Attributes: z.record(z.string(), z.string()).nullish() }),
})

/** Events that change nothing anybody above would look at: health checks alone make three of them at every turn, and those change nothing that is remembered either. */
const idle = /^(exec_|attach|archive-path|extract-to-dir|copy|export|top|resize|commit|prune|init|sync|rename)/
/** Events are asked for from this much before now: engine and service may read different clocks, and a hint too many is harmless. */
const overlapMs = 2000

/** @param memories hear of every change first. */
export function createEvents({ client, clock }: Pick<EngineContext, 'client' | 'clock'>, memories: readonly Pick<Published<unknown>, 'forget' | 'reading'>[]): Pick<ContainerEngine, 'events'> {
  const what = 'watch the containers'

  function open(node: string, signal: AbortSignal): Promise<OpenBody> {
    const since = (clock.nowMs() - overlapMs) / 1000
    const filters = JSON.stringify({ type: ['container'], label: [`${labelKeys.node}=${node}`] })
    return client.stream(what, (docker, abortSignal) => docker.getEvents({ filters, since, abortSignal }), signal)
  }

  async function* read(node: string, opening: Promise<OpenBody>, signal: AbortSignal): AsyncGenerator<EngineEvent, void> {
    using stream = await opening
    using readings = new DisposableStack()
    for (const memory of memories) readings.use(memory.reading())
    try {
      for await (const line of jsonLines(stream.body)) {
        const message = Message.safeParse(line).data
        const attributes = message?.Actor.Attributes ?? {}
        // a pod that was made before its lease has it in its name
        const leaseId = attributes[labelKeys.lease] ?? podOf(node, attributes['name'] ?? '')?.owner.leaseId
        if (message !== undefined && !message.Action.startsWith('exec_')) for (const memory of memories) memory.forget(message.Actor.ID)
        if (message === undefined || leaseId === undefined || idle.test(message.Action)) continue
        yield { kind: 'container', containerId: message.Actor.ID, leaseId }
      }
    } catch (error) {
      throw client.bodyError(what, error, signal)
    }
    throw engineGone(what, formatEndpoint(client.endpoint), null)
  }

  return {
    events(node, signal) {
      // opened now, not at the first read: what happens in between is not missed
      const opening = open(node, signal)
      opening.catch(() => undefined)
      return read(node, opening, signal)
    },
  }
}
