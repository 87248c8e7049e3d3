import { useEffect, useRef } from 'react'
import { useStore } from 'zustand'
import { useHero } from '../sharing/useHero.ts'
import { useStores } from '../stores/context.tsx'

/** Two regions that are heard and not seen: one waits for a pause, one does not. */
export function LiveRegions() {
  const { notices } = useStores()
  const polite = useStore(notices.store, (state) => state.polite)
  const assertive = useStore(notices.store, (state) => state.assertive)
  return (
    <>
      <div role="status" className="sr-only">{polite}</div>
      <div role="alert" className="sr-only">{assertive}</div>
    </>
  )
}

/** Says it when the sharing state changes; what was there when the page opened is not news. */
export function useSharingNews() {
  const { notices } = useStores()
  const view = useHero()
  const headline = view?.headline ?? null
  const urgent = view?.urgent ?? false
  const said = useRef<string | null>(null)
  useEffect(() => {
    if (headline === null || headline === said.current) return
    if (said.current !== null) notices.announce(headline, urgent ? 'assertive' : 'polite')
    said.current = headline
  }, [headline, urgent, notices])
}
