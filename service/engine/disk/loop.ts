import { DepinError } from '../../../contract/errors.ts'
import { formatSizeMiB } from '../../../contract/units.ts'
import { isSameOwner, volumeName } from '../names.ts'
import type { Owner } from '../types.ts'
import { type AttachedDevice, attachedDevices } from './attached.ts'
import type { DiskLeftover, Disks } from './means.ts'
import type { ImageFile, LoopOrder } from './orders.ts'
import { type ImageStore, leastImageMiB } from './store.ts'

/** Runs the attacher; throws with what it said when it fails. */
export type Attacher = (order: LoopOrder) => Promise<void>

/** Nothing that a guest puts there is a device or gains a privilege; what it deletes is given back to the machine's disk. */
const mountOptions = 'nodev,nosuid,noatime,discard,noinit_itable'

/** Each volume on an image of its own, which is as large as the volume may get. */
export class LoopDisks implements Disks {
  readonly says = { means: 'loop', why: null } as const
  readonly #store: ImageStore
  readonly #attach: Attacher
  /** For all who ask at the same moment. */
  #reading: Promise<AttachedDevice[]> | null = null
  /** One at a time: two must not choose one number. */
  #making: Promise<unknown> = Promise.resolve()

  constructor(store: ImageStore, attach: Attacher) {
    this.#store = store
    this.#attach = attach
  }

  get directory(): string {
    return this.#store.directory
  }

  /** After a start of the machine nothing is attached; after a crash something may be that has no image any more. */
  async recover(): Promise<void> {
    const [images, devices] = await Promise.all([this.#store.list(), attachedDevices()])
    const stale = devices.flatMap(({ image, isDeleted }) => isDeleted && image !== null ? [image] : [])
    if (stale.length > 0) await this.#attach({ verb: 'detach', images: stale.map(target) })
    const attached = new Set(devices.flatMap(({ image, isDeleted }) => isDeleted || image === null ? [] : [image.path]))
    const missing = images.filter((image) => !attached.has(image.path))
    // each by itself: one that cannot be had must not keep the others away
    const results = missing.length === 0 ? [] : await Promise.allSettled(missing.map((image) => this.#attach({ verb: 'attach', images: [target(image)] })))
    const failed = results.find((result) => result.status === 'rejected')
    if (failed !== undefined && results.every((result) => result.status === 'rejected')) throw failed.reason
  }

  async prepare(owner: Owner, volume: string, sizeMiB: number): Promise<Record<string, string>> {
    if (sizeMiB < leastImageMiB) {
      throw new DepinError('E_DISK_FULL', `The volume “${volume}” would get ${formatSizeMiB(sizeMiB)} of the disk that this app pays for; ${formatSizeMiB(leastImageMiB)} are the least.`, {
        next: 'Ask for more disk: “x-depin: {disk: 1g}” in the compose file.',
      })
    }
    const image = await this.#ensure(owner, volume, sizeMiB)
    const isAttached = (await attachedDevices()).some((device) => device.image?.path === image.path && !device.isDeleted)
    if (!isAttached) await this.#attach({ verb: 'attach', images: [target(image)] })
    return { type: 'ext4', device: `/dev/loop${image.device}`, o: mountOptions }
  }

  async release(owner: Owner): Promise<void> {
    const devices = await attachedDevices()
    const theirs = devices.flatMap(({ image }) => image !== null && isSameOwner(image, owner) ? [image] : [])
    if (theirs.length > 0) await this.#attach({ verb: 'detach', images: theirs.map(target) })
    await this.#store.remove(owner)
  }

  async leftovers(node: string): Promise<DiskLeftover[]> {
    const images = await this.#store.list('with unfinished')
    return images.filter((image) => image.node === node).map(({ leaseId, volume }) => ({ owner: { node, leaseId }, volume }))
  }

  async devices(owner: Owner): Promise<string[]> {
    this.#reading ??= attachedDevices().finally(() => { this.#reading = null })
    const theirs = (await this.#reading).filter(({ image, isDeleted }) => image !== null && !isDeleted && isSameOwner(image, owner))
    return theirs.map(({ majorMinor }) => majorMinor)
  }

  async use(node: string): Promise<ReadonlyMap<string, number>> {
    const images = (await this.#store.list()).filter((image) => image.node === node)
    const used = await Promise.all(images.map(async (image) => [volumeName(image, image.volume), await this.#store.usedBytes(image)] as const))
    return new Map(used.flatMap(([name, bytes]) => bytes === null ? [] : [[name, bytes]]))
  }

  #ensure(owner: Owner, volume: string, sizeMiB: number): Promise<ImageFile> {
    const made = this.#making.then(async () => {
      const taken = new Set((await attachedDevices()).map(({ device }) => device))
      return await this.#store.ensure(owner, volume, sizeMiB, taken)
    })
    this.#making = made.catch(() => undefined)
    return made
  }
}

function target({ device, path }: ImageFile): { device: number, path: string } {
  return { device, path }
}
