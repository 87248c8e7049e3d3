import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type ReleaseKey, releaseKey, readReleaseSource } from '../../release/index.ts'
import { findInstallation } from './installation.ts'
import type { Installation, Updates } from './types.ts'
import { type UpdatesDeps, UpdatesPart } from './updates.ts'

export type * from './types.ts'
export { damageOf } from './damage.ts'
export { isVersionBefore } from './layout.ts'
export { putBackIfAsked } from './put-back.ts'
export { runUpdate, type UpdateRunDeps, type UpdateRunOptions } from './run.ts'

/** What a service remembers of them. */
export function updatesMemoryPath(dataDir: string): string {
  return join(dataDir, 'updates.json')
}

/** Knows of newer versions, and says how this copy gets them. */
export function createUpdates(deps: UpdatesDeps): Updates {
  return new UpdatesPart(deps)
}

export interface ReleaseFacts {
  installation: Installation
  feed: string | null
  keys: readonly ReleaseKey[]
}

/** How this program was installed, where newer versions are and whose signature counts: read from the files beside it. */
export function readReleaseFacts(packageRoot: string): ReleaseFacts {
  const path = [join(packageRoot, 'dist/release.json'), join(packageRoot, 'resources/release.json')].find(existsSync)
  const source = path === undefined ? { feed: null, keys: [] } : readReleaseSource(path)
  return { installation: findInstallation(packageRoot), feed: source.feed, keys: source.keys.map(releaseKey) }
}
