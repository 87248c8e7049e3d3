import { Suspense, useEffect, useRef } from 'react'
import { useStore } from 'zustand'
import { lazyPart } from '../base/loadPart.ts'
import { useFormat } from '../i18n/Language.tsx'
import { useStores } from '../stores/context.tsx'
import type { Desktop } from '../stores/desktop.ts'

const ConnectDialog = lazyPart(async () => (await import('../pages/connect/ConnectDialog.tsx')).ConnectDialog)

/** What the desktop brings to this page: a link that somebody opened, and whose service this is. */
export function DesktopNews() {
  const { desktop } = useStores()
  return desktop === null ? null : <News desktop={desktop} />
}

function News({ desktop }: { desktop: Desktop }) {
  const f = useFormat()
  const { notices } = useStores()
  const shell = useStore(desktop.state)
  const service = shell?.service ?? null
  const elsewherePid = service?.kind === 'elsewhere' ? service.pid : null
  const said = useRef<number | null>(null)

  useEffect(() => {
    if (elsewherePid === null || said.current === elsewherePid) return
    said.current = elsewherePid
    notices.show({ topic: 'service', tone: 'info', text: f.t('service.elsewhere', { pid: String(elsewherePid) }), action: null })
  }, [elsewherePid, notices, f])

  const join = shell?.join ?? null
  if (join === null) return null
  return <Suspense><ConnectDialog key={join} link={join} onClose={() => void desktop.bridge.joinSeen()} /></Suspense>
}
