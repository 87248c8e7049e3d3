import type { ShareStatus } from '../../../contract/nouns/node.ts'
import { watchValue } from '../watch.ts'
import { type HandlerDeps, onEvents, onEventsAndTime, os } from './deps.ts'

/** Room bars move this often while somebody looks, ms. */
const useIntervalMs = 3_000

export function shareHandlers(deps: HandlerDeps) {
  const { capacity, bus, clock } = deps
  return {
    get: os.share.get.handler((): ShareStatus => capacity.status()),
    set: os.share.set.handler(async ({ input }): Promise<ShareStatus> => {
      capacity.change(input)
      // whoever turns it on may count on it when this is answered
      if (input.on === true) await deps.workloads.proven()
      return capacity.status()
    }),
    anyway: os.share.anyway.handler((): ShareStatus => {
      capacity.anyway()
      return capacity.status()
    }),
    signals: os.share.signals.handler(({ input }) => capacity.pushSignals(input)),
    panic: os.share.panic.handler(() => deps.watchdog.stopEverything()),
    watch: os.share.watch.handler(({ signal }) => watchValue({
      subscribe: onEvents(bus, ['sharing-changed', 'capacity-changed', 'engine-changed']), read: () => capacity.status(), signal,
    })),
    watchUse: os.share.watchUse.handler(({ signal }) => watchValue({
      subscribe: onEventsAndTime(deps, ['capacity-changed'], useIntervalMs), read: () => capacity.sample(), signal, pace: { clock, minIntervalMs: 1_000 },
    })),
  }
}
