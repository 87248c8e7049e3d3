import { Download } from 'lucide-react'
import type { Guest } from '../../../contract/nouns/guest.ts'
import { download } from '../../base/download.ts'
import { Button } from '../../components/Button.tsx'
import { useFormat } from '../../i18n/Language.tsx'
import { useOrder } from '../../stores/useOrder.ts'

/** What the owner can show when somebody complains of a guest, as a file. */
export function GuestEvidence({ guest: { leaseId } }: { guest: Guest }) {
  const f = useFormat()
  const order = useOrder(`evidence ${leaseId}`)
  async function save() {
    const evidence = await order.give((client) => client.guests.evidence({ leaseId }))
    if (evidence !== null) download(`evidence-${leaseId}.json`, `${JSON.stringify(evidence, null, 2)}\n`)
  }
  return (
    <div className="mt-3 flex flex-wrap items-center gap-3 border-t border-line pt-3">
      <p className="min-w-48 flex-1 text-caption text-ink-2">{f.t('guest.evidenceText')}</p>
      <Button size="small" look="plain" icon={Download} busy={order.busy} onPress={() => void save()}>{f.t('guest.evidence')}</Button>
    </div>
  )
}
