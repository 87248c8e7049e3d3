import * as z from 'zod'
import { DepinError } from '../../../contract/errors.ts'
import { formatSizeMiB } from '../../../contract/units.ts'
import { DeadlineError, deadlineSignal } from '../../base/index.ts'
import { diskFull, registryUnreachable } from '../errors.ts'
import type { ContainerEngine, PullOptions, PullProgress } from '../types.ts'
import type { EngineContext } from './context.ts'
import { pullError } from './errors.ts'
import { parseImageName } from './image-name.ts'
import { jsonLines } from './json-lines.ts'

const Line = z.object({
  id: z.string().nullish(),
  status: z.string().nullish(),
  progressDetail: z.object({ current: z.number().nullish(), total: z.number().nullish() }).nullish(),
  error: z.string().nullish(),
})

/** A pull from which nothing was heard for this long is given up. */
const silenceDeadlineMs = 120_000
const diskCheckMs = 1000

/**
 * Pulls an image. The engine ends the stream of a failed or cut pull like that of a good one, so what counts is an error
 * in the stream and, for the caller, whether the image is there afterwards.
 *
 * @throws DepinError E_IMAGE_NOT_FOUND, E_REGISTRY_UNREACHABLE, E_IMAGE_PLATFORM, E_DISK_FULL; the signal's reason.
 */
export async function pull({ client, clock }: EngineContext, ref: string, options: PullOptions, freeDiskMiB: ContainerEngine['freeDiskMiB']): Promise<void> {
  const what = `get the image ${ref}`
  using silence = deadlineSignal(clock, what, silenceDeadlineMs, options.signal)
  const assertSpace = createSpaceCheck()
  const progress = new LayerProgress()
  const { repository, tag, digest } = parseImageName(ref)
  const query = { fromImage: repository, tag: digest ?? tag, ...options.platform !== null && { platform: options.platform } }
  try {
    await assertSpace()
    using open = await client.stream(what, (docker, abortSignal) => docker.createImage({ ...query, abortSignal }), silence.signal)
    for await (const value of jsonLines(open.body)) {
      silence.extend()
      const line = Line.parse(value)
      if (typeof line.error === 'string') throw pullError(ref, line.error)
      if (progress.add(line)) options.onProgress?.(progress.sum())
      await assertSpace()
    }
  } catch (error) {
    throw translate(error)
  }

  function createSpaceCheck(): () => Promise<void> {
    let nextMs = clock.monotonicMs()
    return async () => {
      if (options.keepFreeMiB === undefined || clock.monotonicMs() < nextMs) return
      nextMs = clock.monotonicMs() + diskCheckMs
      const freeMiB = await freeDiskMiB()
      if (freeMiB !== null && freeMiB < options.keepFreeMiB) throw diskFull(what, `${formatSizeMiB(freeMiB)} are left, ${formatSizeMiB(options.keepFreeMiB)} are kept free`)
    }
  }

  function translate(error: unknown): Error {
    if (options.signal.aborted) return options.signal.reason as Error
    if (error instanceof DeadlineError) return registryUnreachable(ref, `nothing came for ${silenceDeadlineMs / 1000} s`, error)
    if (error instanceof DepinError) {
      // the engine's refusal of the request itself: the same sentences, with a status
      const words = error.details?.['words']
      return error.code === 'E_ENGINE' && typeof words === 'string' ? pullError(ref, words) : error
    }
    return client.bodyError(what, error, options.signal)
  }
}

class LayerProgress {
  readonly #layers = new Map<string, PullProgress>()

  /** False for a line that says nothing about bytes. */
  add(line: z.infer<typeof Line>): boolean {
    if (typeof line.id !== 'string') return false
    const known = this.#layers.get(line.id)
    if (line.status === 'Downloading') {
      const totalBytes = line.progressDetail?.total ?? known?.totalBytes ?? 0
      this.#layers.set(line.id, { doneBytes: line.progressDetail?.current ?? 0, totalBytes })
      return true
    }
    if (known === undefined || line.status !== 'Download complete') return false
    this.#layers.set(line.id, { doneBytes: known.totalBytes, totalBytes: known.totalBytes })
    return true
  }

  sum(): PullProgress {
    let doneBytes = 0
    let totalBytes = 0
    for (const layer of this.#layers.values()) {
      doneBytes += layer.doneBytes
      totalBytes += layer.totalBytes
    }
    return { doneBytes, totalBytes }
  }
}
