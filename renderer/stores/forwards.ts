/**
 * Ports of my apps that are open on the computer of the service. They live with the page, not with a screen: leaving the
 * screen keeps them open, closing the page closes them.
 */
import { createStore } from 'zustand/vanilla'
import type { StoreApi } from 'zustand/vanilla'
import type { ErrorReport } from '../../contract/errors.ts'
import type { ForwardStatus } from '../../contract/nouns/deployment.ts'
import { follow } from '../api/follow.ts'
import type { FeedNeeds } from './feed.ts'

export interface ForwardTarget {
  name: string
  service: string
  port: number
}

/** opening ──status──► open ⇄ away; opening or open ──error──► failed. */
export type ForwardState =
  | { kind: 'opening' }
  | { kind: 'open'; status: ForwardStatus }
  | { kind: 'away'; status: ForwardStatus }
  | { kind: 'failed'; error: ErrorReport }

export interface Forwards {
  /** By `forwardKey`. */
  readonly store: StoreApi<Readonly<Record<string, ForwardState>>>
  open(target: ForwardTarget): void
  close(target: ForwardTarget): void
}

export function forwardKey({ name, service, port }: ForwardTarget): string {
  return `${name}/${service}:${port}`
}

export function createForwards(needs: FeedNeeds, initial: Readonly<Record<string, ForwardState>> = {}): Forwards {
  const store = createStore<Readonly<Record<string, ForwardState>>>(() => initial)
  const stops = new Map<string, () => void>()

  function put(key: string, state: ForwardState) {
    store.setState((all) => ({ ...all, [key]: state }))
  }

  function open(target: ForwardTarget) {
    const key = forwardKey(target)
    stops.get(key)?.()
    let localPort = 0
    put(key, { kind: 'opening' })
    stops.set(key, follow(needs, {
      again: false,
      // The same local port again after a lost connection, so that the address stays right.
      open: (client, signal) => client.deployments.forward({ ...target, localPort, replica: null }, { signal }),
      sink: {
        item(status) {
          localPort = status.port
          put(key, { kind: 'open', status })
        },
        away() {
          const state = store.getState()[key]
          if (state?.kind === 'open') put(key, { kind: 'away', status: state.status })
        },
        failed: (error) => put(key, { kind: 'failed', error }),
        ended: () => close(target),
      },
    }))
  }

  function close(target: ForwardTarget) {
    const key = forwardKey(target)
    stops.get(key)?.()
    stops.delete(key)
    store.setState((all) => Object.fromEntries(Object.entries(all).filter(([other]) => other !== key)), true)
  }

  return { store, open, close }
}
