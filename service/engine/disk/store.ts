import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { DepinError } from '../../../contract/errors.ts'
import { formatSizeMiB } from '../../../contract/units.ts'
import type { Owner } from '../types.ts'
import { firstDevice, type ImageFile, imagePath, lastDevice, parseImagePath } from './orders.ts'

const run = promisify(execFile)
const bytesPerMiB = 1024 ** 2
const mkfsDeadlineMs = 60_000
/** Above this a journal of a fixed size is enough, MiB. */
const largeMiB = 512
const largeJournalMiB = 32
/** Below this there is no room for a journal, MiB. */
const smallMiB = 8
/** The least that ext4 can be made of, MiB. */
export const leastImageMiB = 2

/** Debian keeps these where only root's path leads. */
const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` }

/** Whether ext4 can be made here. */
export async function canFormat(): Promise<boolean> {
  const tools = await Promise.allSettled([run('mkfs.ext4', ['-V'], { env }), run('debugfs', ['-V'], { env })])
  return tools.every(({ status }) => status === 'fulfilled')
}

/** The folder of images: one a volume, in a folder for each lease. */
export class ImageStore {
  readonly directory: string

  constructor(directory: string) {
    this.directory = directory
  }

  async open(): Promise<void> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 })
  }

  /** A moment's file, to see whether the engine has the same folder. */
  async withProbe<T>(name: string, work: () => Promise<T>): Promise<T> {
    const path = join(this.directory, name)
    await (await open(path, 'w', 0o600)).close()
    try {
      return await work()
    } finally {
      await rm(path, { force: true })
    }
  }

  /** @param which those that a crash left unfinished count as well, for whoever clears up. */
  async list(which: 'finished' | 'with unfinished' = 'finished'): Promise<ImageFile[]> {
    const paths = await readdir(this.directory, { recursive: true }).catch(() => [])
    return paths.map((path) => parseImagePath(which === 'finished' ? path : path.replace(/\.new$/, ''))).filter((image) => image !== null)
  }

  /** Finds the image of a volume, or makes one on a device number that nothing has. Whole or not at all under its name. */
  async ensure(owner: Owner, volume: string, sizeMiB: number, taken: ReadonlySet<number>): Promise<ImageFile> {
    const images = await this.list()
    const known = images.find((image) => image.node === owner.node && image.leaseId === owner.leaseId && image.volume === volume)
    if (known !== undefined) return known
    const device = freeDevice(`${owner.node}/${owner.leaseId}/${volume}`, new Set([...taken, ...images.map((image) => image.device)]))
    const path = imagePath(owner.node, owner.leaseId, volume, device)
    const unfinished = join(this.directory, `${path}.new`)
    await mkdir(dirname(unfinished), { recursive: true, mode: 0o700 })
    await format(unfinished, sizeMiB)
    await rename(unfinished, join(this.directory, path))
    return { node: owner.node, leaseId: owner.leaseId, volume, device, path }
  }

  /** What the image takes of this machine's disk, bytes; null: it is gone. */
  async usedBytes({ path }: ImageFile): Promise<number | null> {
    const stats = await stat(join(this.directory, path)).catch(() => null)
    return stats === null ? null : stats.blocks * 512
  }

  /** All that a lease has here, what was never finished included. */
  async remove({ node, leaseId }: Owner): Promise<void> {
    await rm(join(this.directory, node, leaseId), { recursive: true, force: true })
    // the last of this node
    await rmdir(join(this.directory, node)).catch(() => undefined)
  }
}

/** The same volume asks for the same number first, so that two stores on one machine rarely meet. */
function freeDevice(seed: string, taken: ReadonlySet<number>): number {
  const count = lastDevice - firstDevice + 1
  const start = createHash('sha256').update(seed).digest().readUInt32LE(0) % count
  for (let step = 0; step < count; step++) {
    const device = firstDevice + (start + step) % count
    if (!taken.has(device)) return device
  }
  throw new DepinError('E_ENGINE', `All ${count} devices for guests' disks are taken.`, { next: 'End a guest that is not needed.' })
}

async function format(path: string, sizeMiB: number): Promise<void> {
  await rm(path, { force: true })
  const file = await open(path, 'wx', 0o600)
  try {
    await file.truncate(sizeMiB * bytesPerMiB)
  } finally {
    await file.close()
  }
  try {
    await run('mkfs.ext4', [
      '-q', '-F', '-m', '0', ...journal(sizeMiB), '-E', 'root_owner=0:0,lazy_itable_init=1,lazy_journal_init=1', path,
    ], { env, timeout: mkfsDeadlineMs })
    // apps take a folder that is not empty for one that is in use
    await run('debugfs', ['-w', '-R', 'rmdir lost+found', path], { env, timeout: mkfsDeadlineMs })
  } catch (error) {
    await rm(path, { force: true })
    throw new DepinError('E_ENGINE', `A disk of ${formatSizeMiB(sizeMiB)} could not be made in ${dirname(path)}.`, { next: 'Check that there is space there.', cause: error })
  }
}

function journal(sizeMiB: number): string[] {
  if (sizeMiB < smallMiB) return ['-O', '^has_journal']
  return sizeMiB < largeMiB ? [] : ['-J', `size=${largeJournalMiB}`]
}
