import { useNow } from '../base/useNow.ts'
import { useFormat } from '../i18n/Language.tsx'
import { useKnown, useStores } from '../stores/context.tsx'
import { heroOf } from './hero.ts'
import type { HeroView } from './hero.ts'

/** What to say about sharing now; null until the first news. */
export function useHero(): HeroView | null {
  const f = useFormat()
  const nowMs = useNow(useStores().clock, 60_000)
  const node = useKnown('node')
  const share = useKnown('share')
  const state = share?.state ?? node?.sharing
  if (state === undefined) return null
  return heroOf({
    state,
    settings: share?.settings ?? null,
    lifted: share?.owner.holds.find((hold) => hold.lifted) ?? null,
    engine: node?.engine ?? null,
    guests: node?.guests ?? 0,
    connectedPeers: node?.connectedPeers ?? 0,
    alone: node?.alone ?? null,
    nowMs,
  }, f)
}
