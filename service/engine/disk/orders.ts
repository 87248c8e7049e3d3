import { createHash } from 'node:crypto'
import * as z from 'zod'
import { DepinError } from '../../../contract/errors.ts'
import { Name } from '../../../contract/ids.ts'

/** Images get device numbers from here on: below are those that the machine hands out by itself. */
export const firstDevice = 1024
/** With as many partitions as a kernel may be told to allow each, there are no numbers beyond. */
export const lastDevice = 4095

const Device = z.int().min(firstDevice).max(lastDevice)
const imagePattern = /^[A-Za-z0-9_-]{1,128}\/[a-z0-9_-]{1,64}\/(\d{4})-([a-z0-9][a-z0-9_.-]{0,62})\.img$/
/** `<node>/<lease>/<number>-<volume>.img`, in the folder of images. */
const ImagePath = z.string().regex(imagePattern)
const ProbePath = z.string().regex(/^probe-[0-9a-f]{8,32}$/)

/** What the attacher may be told (guard/loop.c). */
const LoopOrder = z.discriminatedUnion('verb', [
  z.strictObject({ verb: z.literal('probe'), file: ProbePath }),
  z.strictObject({ verb: z.literal('attach'), images: z.array(z.strictObject({ device: Device, path: ImagePath })).min(1).max(1024) }),
  z.strictObject({ verb: z.literal('detach'), images: z.array(z.strictObject({ device: Device, path: ImagePath })).min(1).max(1024) }),
])
export type LoopOrder = z.infer<typeof LoopOrder>

/** An image, the volume that is on it, and the device that it is attached to when it is. */
export interface ImageFile { node: string, leaseId: string, volume: string, device: number, path: string }

/** The arguments of the attacher. Throws E_BAD_INPUT for anything that is no order. */
export function orderArguments(unchecked: LoopOrder): string[] {
  const parsed = LoopOrder.safeParse(unchecked)
  if (!parsed.success) throw new DepinError('E_BAD_INPUT', `A disk cannot be attached: ${parsed.error.issues[0]?.message ?? 'not an order'}.`)
  const order = parsed.data
  switch (order.verb) {
    case 'probe': return ['probe', order.file]
    case 'attach': return ['attach', ...order.images.flatMap(({ device, path }) => [String(device), path, markOf(path)])]
    case 'detach': return ['detach', ...order.images.flatMap(({ device, path }) => [String(device), markOf(path)])]
  }
}

/** What the kernel keeps with a device, to tell ours from others': 63 bytes are all that there is room for. */
export function markOf(path: string): string {
  return `depin-${createHash('sha256').update(path).digest('hex').slice(0, 40)}`
}

export function imagePath(node: string, leaseId: string, volume: string, device: number): string {
  return `${node}/${leaseId}/${device}-${volume}.img`
}

/** What a path says that `imagePath` made; null for every other. */
export function parseImagePath(path: string): ImageFile | null {
  const match = imagePattern.exec(path)
  const [node = '', leaseId = ''] = path.split('/')
  const volume = match?.[2] ?? ''
  const device = Number(match?.[1])
  if (!Name.safeParse(volume).success || !Device.safeParse(device).success) return null
  return { node, leaseId, volume, device, path }
}
