import { useLayoutEffect, useRef } from 'react'
import type { ReactNode } from 'react'
import { Button } from 'react-aria-components'
import { useLocation } from 'wouter'
import { useFormat } from '../i18n/Language.tsx'
import { LiveRegions, useSharingNews } from './announce.tsx'
import { DesktopNews } from './DesktopNews.tsx'
import { Sidebar } from './Sidebar.tsx'
import { StaleNote } from './StaleNote.tsx'
import { Toasts } from './Toasts.tsx'
import { useShortcuts } from './useShortcuts.ts'

/** The frame around every screen. */
export function Shell({ children }: { children: ReactNode }) {
  const f = useFormat()
  const [location] = useLocation()
  const main = useRef<HTMLElement>(null)
  const shown = useRef(location)
  useSharingNews()
  useShortcuts()

  // A new screen begins at its top, for eyes and for the keyboard; one that begins elsewhere says so after.
  useLayoutEffect(() => {
    if (shown.current === location) return
    shown.current = location
    main.current?.focus()
    main.current?.scrollTo(0, 0)
  }, [location])

  return (
    <div className="app-grid h-dvh overflow-hidden">
      <Button onPress={() => main.current?.focus()} className="skip-link">{f.t('nav.skip')}</Button>
      <Sidebar />
      <main ref={main} tabIndex={-1} className="relative flex min-w-0 flex-col gap-4 overflow-y-auto px-4 py-6 outline-none cols:px-page">
        <StaleNote />
        {children}
      </main>
      <Toasts />
      <DesktopNews />
      <LiveRegions />
    </div>
  )
}
