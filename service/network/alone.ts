/**
 * Since when nobody is connected, and whether that is this computer's own doing. What repairs itself within a moment is not told: a
 * start, a router that restarts, a change of networks.
 */
import { networkInterfaces } from 'node:os'
import type { Alone } from '../../contract/nouns/node.ts'
import type { Clock, Startable } from '../base/index.ts'
import type { Network } from './types.ts'

/** So long it is only waited for, ms; afterwards the cause is looked at this often. */
export const aloneAfterMs = 20_000

export interface AloneDeps {
  network: Pick<Network, 'connectedPeers' | 'onPeer'>
  clock: Clock
  /** Whether this computer has an address that others could be reached from. */
  hasNetwork?: () => boolean
  onChange: () => void
}

export interface AloneWatch extends Startable {
  /** Null: somebody is connected, or was a moment ago. */
  status(): Alone | null
}

export function createAloneWatch({ network, clock, hasNetwork = hasAddress, onChange }: AloneDeps): AloneWatch {
  let sinceMs: number | null = null
  let told: Alone | null = null
  let cancel = (): void => undefined
  let stopListening = (): void => undefined

  function tell(next: Alone | null): void {
    const isNews = next?.why !== told?.why
    told = next
    if (isNews) onChange()
  }

  function look(): void {
    if (network.connectedPeers().length > 0) {
      sinceMs = null
      cancel()
      tell(null)
      return
    }
    if (sinceMs !== null) return
    sinceMs = clock.nowMs()
    wait(sinceMs)
  }

  function wait(since: number): void {
    cancel = clock.after(aloneAfterMs, () => {
      tell({ sinceMs: since, why: hasNetwork() ? 'no-peers' : 'no-network' })
      wait(since)
    })
  }

  return {
    status: () => told,
    start() {
      stopListening = network.onPeer(look)
      look()
    },
    stop() {
      stopListening()
      cancel()
    },
  }
}

/** Loopback leads to nobody, and an address that the computer gave itself in want of a network to few. */
function hasAddress(): boolean {
  return Object.values(networkInterfaces()).flat().some((entry) => entry !== undefined && !entry.internal && !/^(169\.254\.|fe80:)/i.test(entry.address))
}
