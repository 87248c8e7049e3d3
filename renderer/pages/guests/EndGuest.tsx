import { X } from 'lucide-react'
import { useState } from 'react'
import type { Guest } from '../../../contract/nouns/guest.ts'
import { Button } from '../../components/Button.tsx'
import type { ButtonSize } from '../../components/Button.tsx'
import { Confirm } from '../../components/Confirm.tsx'
import { Outside } from '../../components/Outside.tsx'
import { useFormat } from '../../i18n/Language.tsx'
import { useOrder } from '../../stores/useOrder.ts'

/** Says what it means, and asks once. */
export function EndGuest({ guest, size }: { guest: Guest; size: ButtonSize }) {
  const f = useFormat()
  const [asking, setAsking] = useState(false)
  const order = useOrder(`guest ${guest.leaseId}`)
  async function end() {
    await order.give((client) => client.guests.end({ leaseId: guest.leaseId }), { text: f.t('guests.endedNotice', { app: f.name(guest.app, 40) }), action: null })
    setAsking(false)
  }
  return (
    <>
      <Button size={size} look="danger" busy={order.busy && !asking} {...size !== 'small' && { icon: X }} onPress={() => setAsking(true)}>{f.t('guests.end')}</Button>
      <Confirm isOpen={asking} title={f.t('guests.endTitle')} action={f.t('guests.end')} busy={order.busy} onConfirm={() => void end()} onClose={() => setAsking(false)}>
        <p className="font-medium text-ink"><Outside text={guest.app} maxLength={60} /></p>
        <p>{f.t('guests.endText')}</p>
      </Confirm>
    </>
  )
}
