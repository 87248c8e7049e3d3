/** Newer versions of this program, as the rest of the service sees them. */
import type { UpdateChannel, UpdateOrder, UpdateReport, UpdateStatus } from '../../contract/nouns/updates.ts'
import type { Disposer, Startable } from '../base/index.ts'

export interface Damage {
  /** A sentence. */
  message: string
  fix: string
}

export interface Updates extends Startable {
  status(): UpdateStatus
  /** What is remembered of newer versions and damaged, with what to do; null: nothing. */
  damage(): Damage | null
  subscribe(changed: () => void): Disposer
  /** Asks the feed, or the desktop to ask it. E_UPDATE, E_CONFLICT where nothing is asked here. */
  check(signal?: AbortSignal): Promise<void>
  /** Installs what is ready, as soon as it may. E_CONFLICT where this is not the one to do so, with the command that does. */
  install(): void
  setChannel(channel: UpdateChannel): void
  /** The desktop updates this copy from now on, until the signal aborts: gives what it is asked to do. */
  drive(signal: AbortSignal | undefined): AsyncIterable<UpdateOrder>
  report(report: UpdateReport): void
}

/** How the program that runs was installed. */
export type Installation =
  /** Versions side by side in `root/versions`, and the link `root/current`. */
  | { kind: 'tarball', root: string, version: string, platform: string }
  | { kind: 'elsewhere', owner: 'checkout' | 'deb' | 'rpm' | 'container' | 'unknown' }
