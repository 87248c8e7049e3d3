import { constants } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { DiskKeeping } from '../../../contract/nouns/node.ts'
import type { Owner } from '../types.ts'

export interface DiskOptions {
  /** Where images of volumes are kept; null: there is no such place. */
  directory: string | null
  /** `auto`: the strongest that works here. */
  means: 'auto' | DiskKeeping['means']
}

/** A volume that has something here, whether or not its engine knows it. */
export interface DiskLeftover { owner: Owner, volume: string }

/** How the volumes of an engine are kept to their size. */
export interface Disks {
  readonly says: DiskKeeping
  /** Where it keeps images on this machine; null: nowhere. */
  readonly directory: string | null
  /** What a volume is made with so that it holds no more than this; what it needs is there when this returns. */
  prepare(owner: Owner, volume: string, sizeMiB: number): Promise<Record<string, string>>
  /** After the volumes of this owner are gone. */
  release(owner: Owner): Promise<void>
  leftovers(node: string): Promise<DiskLeftover[]>
  /** The devices that hold this owner's volumes and nothing else, as the kernel names them: `7:1024`. */
  devices(owner: Owner): Promise<string[]>
  /** Bytes on this machine's disk, by the engine's name of the volume; those that are not in it are measured by the engine. */
  use(node: string): Promise<ReadonlyMap<string, number>>
}

/** The engine makes plain volumes; whoever fills them is seen and stopped. */
export function measuredDisks(why: string): Disks {
  return { ...plain(), says: { means: 'measured', why } }
}

/** The engine has a limit of its own for volumes. */
export const quotaDisks: Disks = {
  ...plain(), says: { means: 'quota', why: null },
  prepare: (_owner, _volume, sizeMiB) => Promise.resolve({ size: `${Math.max(1, sizeMiB)}M` }),
}

function plain(): Omit<Disks, 'says'> {
  return {
    directory: null,
    prepare: () => Promise.resolve({}),
    release: () => Promise.resolve(),
    leftovers: () => Promise.resolve([]),
    devices: () => Promise.resolve([]),
    use: () => Promise.resolve(new Map<string, number>()),
  }
}

export interface LoopSurroundings {
  platform: NodeJS.Platform
  kind: 'docker' | 'podman'
  /** The engine's volumes are on a disk of this machine, by a socket on it. */
  isLocal: boolean
  rootless: boolean
  userNamespaces: boolean
  directory: string | null
  canFormat: boolean
  hasProgram: boolean
  /** Of /dev/loop-control; null: it is not there. */
  control: { mode: number, uid: number, gid: number } | null
  uid: number
}

/** Why volumes cannot be images on loop devices here, as a sentence; null when it can be tried. */
export function noLoopBecause(at: LoopSurroundings): string | null {
  if (at.platform !== 'linux' || !at.isLocal) return 'The engine is not on this machine itself.'
  if (at.kind === 'podman') return 'Podman’s volumes are not given devices here.'
  if (at.rootless) return 'The engine runs without root.'
  if (at.userNamespaces) return 'The engine’s containers have users of their own.'
  if (at.directory === null) return 'There is no folder for images of disks.'
  if (!at.canFormat) return 'mkfs.ext4 is not there (package e2fsprogs).'
  if (!at.hasProgram) return 'There is no program for this processor that attaches disks.'
  if (at.control === null) return 'The kernel has no loop devices (module loop).'
  return mayOpen(at.control, at.uid) ? null : 'Loop devices belong to root alone here.'
}

/** As the user that the service runs as, in the group that loop devices belong to. */
function mayOpen({ mode, uid }: { mode: number, uid: number }, ours: number): boolean {
  const owner = constants.S_IRUSR | constants.S_IWUSR
  const group = constants.S_IRGRP | constants.S_IWGRP
  return ours === uid ? (mode & owner) === owner : (mode & group) === group
}

export async function loopControl(path = '/dev/loop-control'): Promise<LoopSurroundings['control']> {
  const stats = await stat(path).catch(() => null)
  return stats === null ? null : { mode: stats.mode, uid: stats.uid, gid: stats.gid }
}
