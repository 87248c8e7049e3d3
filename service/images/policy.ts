/** Which images an owner's machine runs, and where it gets them. Pure. */
import type { ImageRule } from '../../contract/nouns/images.ts'
import type { ImageSubject } from '../../contract/wire/v1/blocklist.ts'
import type { ImageVariant } from '../../contract/wire/v1/image.ts'
import type { Blocklist } from '../../contract/wire/v1/records.ts'
import { fullRepository, isPrivateRegistry, parseReference } from './reference.ts'

export interface PolicyFacts {
  onlyAllowed: boolean
  rules: readonly ImageRule[]
  blocklists: readonly Blocklist[]
}

/** `why`: a part of a sentence, for the renter. A name proves nothing by itself: what a rule allows by name must come from that registry. */
export type Verdict =
  | { kind: 'refused', why: string }
  | { kind: 'accepted', fromRegistry: boolean, fromPeers: boolean }

/** @param variant null: only the name is known. */
export function judge(facts: PolicyFacts, reference: string, variant: ImageVariant | null): Verdict {
  const name = parseReference(reference)
  const digests: ImageSubject[] = [variant?.config, variant?.manifest, ...variant?.layers ?? [], name.digest].flatMap((digest) => digest ?? [])
  const names: ImageSubject[] = [`repository:${fullRepository(name)}`, `registry:${name.registry}`]
  const has = (action: ImageRule['action'], subjects: readonly ImageSubject[]): ImageSubject | undefined => (
    facts.rules.find((rule) => rule.action === action && subjects.includes(rule.subject))?.subject
  )
  const denied = has('deny', [...digests, ...names])
  if (denied !== undefined) return { kind: 'refused', why: `the owner does not accept ${denied}` }
  const isDirectDenied = has('deny', ['direct']) !== undefined
  // layers are shared by many: allowing one allows nothing
  const isContentAllowed = has('allow', digests.filter((digest) => !(variant?.layers ?? []).includes(digest))) !== undefined
  const isNameAllowed = has('allow', names) !== undefined
  const blocked = isContentAllowed || isNameAllowed ? undefined : findBlocked(facts.blocklists, [...digests, ...names])
  if (blocked !== undefined) return { kind: 'refused', why: blocked }
  const fromRegistry = facts.onlyAllowed ? isContentAllowed || isNameAllowed : isNameAllowed || !isPrivateRegistry(name.registry)
  const fromPeers = !isDirectDenied && (!facts.onlyAllowed || isContentAllowed || has('allow', ['direct']) !== undefined)
  if (fromRegistry || fromPeers) return { kind: 'accepted', fromRegistry, fromPeers }
  return { kind: 'refused', why: facts.onlyAllowed ? 'the owner accepts only images on a list, and this is not on it' : `the owner accepts no images of ${name.registry} and none from renters` }
}

function findBlocked(blocklists: readonly Blocklist[], subjects: readonly ImageSubject[]): string | undefined {
  for (const list of blocklists) {
    const entry = list.entries.find(({ subject }) => subjects.includes(subject))
    if (entry !== undefined) return `the list “${list.name}” warns of ${entry.subject}${entry.why === '' ? '' : `: ${entry.why}`}`.slice(0, 200)
  }
  return undefined
}
