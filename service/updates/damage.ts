/** What is remembered of updates on a server is in two files: the service's, and that of `depin update`. Where what counts of one is lost, that is said, with what to do. */
import { isMemoryLost } from '../../release/index.ts'
import { layoutOf, memoryPathOf } from './layout.ts'
import type { Damage, Installation } from './types.ts'

export const beginsAnew = 'depin update --again'

/** @param ownPath the service's. Null: nothing is lost. */
export function damageOf(installation: Installation, ownPath: string): Damage | null {
  if (installation.kind !== 'tarball') return null
  const commandsPath = memoryPathOf(layoutOf(installation.root))
  const fixes = [
    { path: commandsPath, fix: `Begin anew with “${beginsAnew}”.` },
    { path: ownPath, fix: 'Look for a newer version in the dashboard, under Settings, Updates; or delete that file. It begins anew.' },
  ]
  const lost = fixes.find(({ path }) => isMemoryLost(path))
  return lost === undefined ? null : { message: `What is remembered of newer versions is damaged, so none is believed: ${lost.path}`, fix: lost.fix }
}
