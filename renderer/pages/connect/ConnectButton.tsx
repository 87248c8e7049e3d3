import { Users } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { Button } from '../../components/Button.tsx'
import { useFormat } from '../../i18n/Language.tsx'

const ConnectDialog = lazy(async () => ({ default: (await import('./ConnectDialog.tsx')).ConnectDialog }))

/** The way out when no other computer is connected: invite one, or join one. */
export function ConnectButton({ look }: { look: 'plain' | 'hero' }) {
  const f = useFormat()
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button look={look} icon={Users} onPress={() => setOpen(true)}>{f.t('connect.open')}</Button>
      {isOpen && <Suspense><ConnectDialog onClose={() => setOpen(false)} /></Suspense>}
    </>
  )
}
