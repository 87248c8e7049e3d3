import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ImageFile, parseImagePath } from './orders.ts'

/** A loop device as the kernel tells of it. The attacher's files are named from the folder of images on, which it has as a root. */
export interface AttachedDevice {
  device: number
  /** As the kernel names it to other parts of itself: `7:1024`. */
  majorMinor: string
  image: ImageFile | null
  isDeleted: boolean
}

const deletedMark = ' (deleted)'

/** All loop devices that have a file. */
export async function attachedDevices(sysBlock = '/sys/block'): Promise<AttachedDevice[]> {
  const names = (await readdir(sysBlock)).filter((name) => /^loop\d+$/.test(name))
  const found = await Promise.all(names.map(async (name) => {
    const [backing, majorMinor] = await Promise.all(['loop/backing_file', 'dev'].map((file) => readFile(join(sysBlock, name, file), 'utf8').catch(() => null)))
    return backing == null || majorMinor == null ? null : readDevice(Number(name.slice(4)), majorMinor.trimEnd(), backing.trimEnd())
  }))
  return found.filter((device) => device !== null)
}

function readDevice(device: number, majorMinor: string, backing: string): AttachedDevice {
  const isDeleted = backing.endsWith(deletedMark)
  const path = (isDeleted ? backing.slice(0, -deletedMark.length) : backing).replace(/^\//, '')
  const image = parseImagePath(path)
  // a file of ours under another number is not something that we did
  return { device, majorMinor, isDeleted, image: image?.device === device ? image : null }
}
