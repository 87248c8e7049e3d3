import { Suspense } from 'react'
import { useLocation } from 'wouter'
import { lazyPart } from '../base/loadPart.ts'
import { Skeleton } from '../components/Waiting.tsx'
import { LiveRegions } from './announce.tsx'
import { Boundary } from './Boundary.tsx'
import { DesktopNews } from './DesktopNews.tsx'
import { Toasts } from './Toasts.tsx'

const SetupPage = lazyPart(async () => (await import('../pages/setup/SetupPage.tsx')).SetupPage)

/** Setup has the window for itself: nothing else to go to until it is through or put off. */
export function SetupFrame() {
  const [location] = useLocation()
  return (
    <div className="h-dvh overflow-hidden">
      <Boundary resetKey={location}>
        <Suspense fallback={<main className="p-page"><Skeleton className="h-60" /></main>}><SetupPage address={location.split('/')[2]} /></Suspense>
      </Boundary>
      <Toasts />
      <DesktopNews />
      <LiveRegions />
    </div>
  )
}
