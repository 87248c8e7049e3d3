/**
 * A compose file, as people already have them, becomes an `App`. Pure: everything it reads is in the bundle.
 */
import type { ManifestBundle, ManifestReport } from '../../../contract/nouns/deployment.ts'
import type { App } from '../../../contract/wire/v1/app.ts'
import type { Place } from './notes.ts'

/** What compose has no word for: the top-level `x-depin`. */
export interface PlacementOptions {
  /** Desired replicas: each runs all services of the file on one host. */
  copies: number
  /** All copies together never cost more, micro-units; null: no limit. */
  budgetMicro: bigint | null
  /** One copy, micro-units a month; null: no limit. */
  maxPriceMonthMicro: bigint | null
  /** Only hosts in these; empty: anywhere. */
  regions: string[]
  /** host: every copy on another host. region: in another region where there is one. */
  spread: 'host' | 'region'
  /** How long a host may be gone before its copy is replaced, ms. */
  graceMs: number
}

export interface Manifest {
  /** From `name:` in the file, or null. */
  name: string | null
  app: App
  /** Where the files name the image of each of the app's services. */
  imagePlaces: ReadonlyMap<string, Place>
  placement: PlacementOptions
}

/** The report always; the manifest when the report is ok. */
export interface ManifestResult {
  report: ManifestReport
  manifest: Manifest | null
}

export type ReadManifest = (bundle: ManifestBundle) => ManifestResult
