/**
 * Images by content: resolved by the tenant, brought to the engine and verified by the host, given to others by digest.
 */
import type { BlocklistDraft, CachedImage, ImagePolicy, ImageRule } from '../../contract/nouns/images.ts'
import type { App, AppService } from '../../contract/wire/v1/app.ts'
import type { Blocklist } from '../../contract/wire/v1/records.ts'
import type { ImageSource, ImageVariant } from '../../contract/wire/v1/image.ts'
import type { Refusal } from '../../contract/wire/v1/protocols.ts'
import type { BaseDeps, Startable } from '../base/index.ts'
import type { Capacity } from '../capacity/types.ts'
import type { Database, WriteHandle } from '../database/index.ts'
import type { EngineHost, ImageInfo, PullProgress } from '../engine/types.ts'
import type { Signer } from '../identity/index.ts'
import type { Network } from '../network/types.ts'

/** Where names are looked up. */
export interface RegistryClient {
  /** All kinds of machines an image is there for. E_IMAGE_NOT_FOUND, E_REGISTRY_UNREACHABLE. */
  resolve(reference: string, signal: AbortSignal): Promise<ImageSource>
}

export interface ImageRecord {
  config: string
  reference: string
  variant: ImageVariant
  /** Its name in the engine when this node put it there: what may be taken away again. Null: it was there before. */
  heldAs: string | null
  origin: CachedImage['origin']
  createdAtMs: number
  lastUsedMs: number
}

export interface FollowedList {
  source: string
  publisher: string
  /** As it was signed; null: never had. */
  signed: { body: Uint8Array, signature: Uint8Array } | null
  fetchedAtMs: number | null
  problem: string | null
}

export interface ImageStore {
  get(config: string): ImageRecord | undefined
  list(): ImageRecord[]
  put(tx: WriteHandle, image: ImageRecord): void
  remove(tx: WriteHandle, config: string): void
  pins(): { leaseId: string, config: string }[]
  pin(tx: WriteHandle, leaseId: string, config: string): void
  unpin(tx: WriteHandle, leaseId: string): void
  rules(): ImageRule[]
  putRule(tx: WriteHandle, rule: ImageRule): void
  removeRule(tx: WriteHandle, subject: string): void
  followed(): FollowedList[]
  follow(tx: WriteHandle, list: FollowedList): void
  unfollow(tx: WriteHandle, source: string): void
}

/** A service of a lease needs its image. */
export interface BringRequest {
  leaseId: string
  tenant: string
  service: Pick<AppService, 'image' | 'source' | 'platform'>
  /** What the lease pays for: an image larger than the cache may still be as large as this, MiB. */
  diskMiB: number
  signal: AbortSignal
  onProgress: (progress: PullProgress) => void
}

export interface ImagesDeps extends BaseDeps {
  /** A directory of this part's own. */
  directory: string
  database: Database
  engine: EngineHost
  network: Network
  capacity: Capacity
  signer: Signer
  registry: RegistryClient
  /** Leases whose images stay, of either role: handed in, since leases are kept above. */
  isLeaseLive: (leaseId: string) => boolean
}

export interface Images extends Startable {
  /**
   * Tenant: finds out what the names in an app stand for. `unknown`: services whose registry could not be asked; hosts go by
   * the name then. E_IMAGE_NOT_FOUND, E_IMAGE_PLATFORM.
   */
  resolve(app: App, signal: AbortSignal): Promise<{ app: App, unknown: string[] }>
  /** Tenant: gets the app's images ready to be given, as far as this node's engine has them. */
  share(app: App): void

  /** Host: why an app's images are not taken; null when they are. */
  refusalFor(app: App): Refusal | null
  /**
   * Host: the image in the engine, verified, and kept while the lease lives. From the engine, a neighbour, the registry,
   * the tenant or another host, in this order. E_IMAGE_REFUSED, E_IMAGE_PLATFORM, E_IMAGE_NOT_FOUND,
   * E_REGISTRY_UNREACHABLE, E_IMAGE_TOO_LARGE, E_DISK_FULL; the signal's reason.
   */
  bring(request: BringRequest): Promise<ImageInfo>

  list(): Promise<CachedImage[]>
  /** E_NOT_FOUND; E_CONFLICT while a guest runs on it. */
  remove(config: string): Promise<void>
  /** Brings what is kept under the cap. One pass, now. */
  tidy(): Promise<void>

  policy(): ImagePolicy
  setRule(rule: ImageRule): ImagePolicy
  removeRule(subject: string): ImagePolicy
  setOnlyAllowed(on: boolean): ImagePolicy
  /** Follows a list; it is read at once. E_SIGNATURE, E_FILE, E_BAD_INPUT. */
  subscribe(source: string, publisher: string): Promise<ImagePolicy>
  unsubscribe(source: string): ImagePolicy
  /** Reads all followed lists again. */
  refresh(): Promise<ImagePolicy>
  /** A list signed with this node's key, as the text of a file. */
  signBlocklist(draft: BlocklistDraft): string
}

export type { Blocklist, ImageSource, ImageVariant }
