import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * Enough to make a collection of the young part worth its while, and so few that two of it are no more than the 8 MiB by
 * which V8 lets its heap grow at the least (`MinimumAllocationLimitGrowingStep`): bytes count until a thread beside has
 * freed them, which may be when the next collection begins. With 8 MiB here a service whose heap is small marked all of it
 * after every second or third collection, for as long as bytes came, and took twice the processor time per byte.
 */
const everyBytes = 4 << 20

/** Told of bytes that were read or written, so that their buffers are collected in time. */
export type YoungCollector = (byteCount: number) => void

type Collect = (options: { type: 'minor' }) => void

/**
 * Every read from a socket makes a buffer outside of V8's heap. Some tens of megabytes of them make V8 mark and sweep the
 * whole heap, many times a second in a busy tunnel, which costs more than the encryption. Nearly all of them are garbage
 * by the time a few more have come: a collection of the young part alone frees them in less than a millisecond, but V8
 * starts one for bytes inside its heap only. So it is asked to.
 *
 * Measured on a tunnel in bulk, two processes: two fifths less processor time per byte. Where V8 offers no way to ask,
 * nothing is done. In Electron V8's flags must not be changed once it runs: there the process is to be started with
 * `--expose-gc`.
 */
export function createYoungCollector(): YoungCollector {
  const collect = exposed() ?? (!('electron' in process.versions) ? expose() : undefined)
  if (collect === undefined) return () => undefined
  let bytes = 0
  return (byteCount) => {
    bytes += byteCount
    if (bytes < everyBytes) return
    bytes = 0
    collect({ type: 'minor' })
  }
}

/** By `--expose-gc` on the command line. */
function exposed(): Collect | undefined {
  const found: unknown = Reflect.get(globalThis, 'gc')
  return typeof found === 'function' ? found as Collect : undefined
}

function expose(): Collect | undefined {
  try {
    setFlagsFromString('--expose-gc')
    const found: unknown = runInNewContext('gc')
    return typeof found === 'function' ? found as Collect : undefined
  } catch {
    return undefined
  }
}
