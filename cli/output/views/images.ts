/** Images on this computer, as people read them. */
import type { CachedImage, ImagePolicy, Subscription } from '../../../contract/nouns/images.ts'
import { formatSize } from '../../../contract/units.ts'
import type { Io } from '../../io.ts'
import { table } from '../table.ts'
import { ago, dateTime } from '../units.ts'

type Shown = Pick<Io, 'hasColours' | 'nowMs'>

const origins: Readonly<Record<CachedImage['origin'], string>> = { engine: 'was here', registry: 'registry', peers: 'other nodes' }

export function imagesText(images: readonly CachedImage[], io: Shown): string {
  if (images.length === 0) return 'No image was brought here or deployed from here.\n'
  return table(['IMAGE', 'DIGEST', 'SIZE', 'READY FOR OTHERS', 'FROM', 'USED', 'GUESTS'], images.map((image) => [
    image.reference, image.config.slice('sha256:'.length, 'sha256:'.length + 12), formatSize(image.sizeBytes), formatSize(image.readyBytes), origins[image.origin],
    ago(image.lastUsedMs, io.nowMs()), image.pinnedBy.length === 0 ? '-' : String(image.pinnedBy.length),
  ]), io.hasColours)
}

export function policyText({ onlyAllowed, rules, blocklists }: ImagePolicy, io: Shown): string {
  const begin = onlyAllowed ? 'Only what a rule allows is accepted.\n' : 'What no rule or list refuses is accepted.\n'
  const ruleLines = rules.length === 0 ? '' : `\n${table(['RULE', 'ABOUT'], rules.map(({ action, subject }) => [action, subject]), io.hasColours)}`
  const listLines = blocklists.length === 0 ? '' : `\n${table(['LIST', 'FROM', 'IMAGES', 'STATE', 'KEY'], blocklists.map((list) => [
    list.name ?? '-', list.source, String(list.entries), stateText(list), list.publisher,
  ]), io.hasColours)}`
  return begin + ruleLines + listLines
}

function stateText({ state, expiresAtMs, problem }: Subscription): string {
  const trouble = problem === null ? '' : `; the last look failed: ${problem}`
  switch (state) {
    case 'current': return `good until ${dateTime(expiresAtMs ?? 0)}${trouble}`
    case 'expired': return `out of date since ${dateTime(expiresAtMs ?? 0)}, still followed${trouble}`
    case 'unread': return `never read${trouble}`
  }
}
