import { watchValue } from '../watch.ts'
import { type HandlerDeps, onEvents, onEventsAndTime, os } from './deps.ts'

/** Live earnings move this often, ms. */
const earningsIntervalMs = 5_000

export function earningsHandlers(deps: HandlerDeps) {
  const { ledger, clock } = deps
  return {
    get: os.earnings.get.handler(() => ledger.earnings()),
    watch: os.earnings.watch.handler(({ signal }) => watchValue({
      subscribe: onEventsAndTime(deps, ['ledger-changed', 'lease-changed'], earningsIntervalMs), read: () => ledger.earnings(), signal, pace: { clock, minIntervalMs: 500 },
    })),
    receipts: os.earnings.receipts.handler(() => ledger.receipts()),
  }
}

export function activityHandlers(deps: HandlerDeps) {
  const { activity, bus } = deps
  return {
    list: os.activity.list.handler(({ input }) => activity.list(input.beforeSeq, input.limit)),
    watch: os.activity.watch.handler(({ input, signal }) => watchValue({
      subscribe: onEvents(bus, ['activity-added']), read: () => activity.list(null, Math.max(1, input.recent)), signal,
    })),
  }
}
