/** The folder of a server's installation, and the one link that says which version runs. */
import { readdirSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import { compare, valid } from 'semver'
import { syncFolder } from '../../release/index.ts'

export interface Layout {
  readonly root: string
  /** Packages as they come, the journal, what is remembered. */
  readonly work: string
  readonly versions: string
}

export function layoutOf(root: string): Layout {
  return { root, work: join(root, 'update'), versions: join(root, 'versions') }
}

/** What `depin update` remembers. */
export function memoryPathOf({ work }: Layout): string {
  return join(work, 'updates.json')
}

export function programOf({ versions }: Layout, version: string): string {
  return join(versions, version, 'bin/depin')
}

/** The version that the next start runs. */
export function linkedVersion({ root }: Layout): string {
  return basename(readlinkSync(join(root, 'current')))
}

/** In one step, and there after a power cut. */
export function link({ root }: Layout, version: string): void {
  const next = join(root, 'current.next')
  rmSync(next, { force: true })
  symlinkSync(join('versions', version), next)
  renameSync(next, join(root, 'current'))
  syncFolder(root)
}

/** Removes what neither runs, nor ran before, nor is being unpacked by us. */
export function prune(layout: Layout, keep: readonly string[]): void {
  for (const name of readdirSync(layout.versions)) {
    if (!keep.includes(name)) rmSync(join(layout.versions, name), { recursive: true, force: true })
  }
  for (const name of readdirSync(layout.work)) {
    if (/\.(tar\.gz|part)$/.test(name)) rmSync(join(layout.work, name), { force: true })
  }
}

/** A version that cannot be read, such as that of a checkout, is before none. */
export function isVersionBefore(one: string, other: string): boolean {
  return valid(one) !== null && valid(other) !== null && compare(one, other) < 0
}
