import { Users } from 'lucide-react'
import { Suspense, useState } from 'react'
import { lazyPart } from '../../base/loadPart.ts'
import { Button } from '../../components/Button.tsx'
import { useFormat } from '../../i18n/Language.tsx'

const ConnectDialog = lazyPart(async () => (await import('./ConnectDialog.tsx')).ConnectDialog)

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
