import type { Guest } from '../../../contract/nouns/guest.ts'
import { KeyValue, KeyValues } from '../../components/KeyValue.tsx'
import { Problem } from '../../components/Problem.tsx'
import { LoadingLines } from '../../components/Waiting.tsx'
import { useFormat } from '../../i18n/Language.tsx'
import { useFeed } from '../../stores/context.tsx'

/** What it brought, by how sure it is, and the time that stands behind it. */
export function GuestPayments({ guest }: { guest: Guest }) {
  const f = useFormat()
  const feed = useFeed('earnings')
  const earnings = feed.kind === 'loading' ? null : feed.value
  const row = earnings?.earned.leases.find(({ leaseId }) => leaseId === guest.leaseId)
  const unit = earnings?.unit ?? 'USD'
  const signed = guest.signedMicro < guest.dueMicro ? guest.signedMicro : guest.dueMicro
  return (
    <>
      {feed.kind === 'failed' && <Problem error={feed.error} />}
      <KeyValues>
        <KeyValue name={f.t('guest.signed')}>{f.amount(signed, unit)}</KeyValue>
        <KeyValue name={f.t('guest.accruing')}>{f.amount(guest.dueMicro - signed, unit)}</KeyValue>
        {row !== undefined && (
          <>
            <KeyValue name={f.t('guest.ran')}>{f.duration(row.runMs)}</KeyValue>
            <KeyValue name={f.t('guest.slept')}>{f.duration(row.suspendedMs)}</KeyValue>
            <KeyValue name={f.t('guest.sent')}>{f.bytes(row.egressBytes)}</KeyValue>
            <KeyValue name={f.t('guest.statements')}>{f.number(row.statements)}</KeyValue>
          </>
        )}
      </KeyValues>
      {feed.kind === 'loading' && <LoadingLines lines={3} quiet />}
      <p className="pt-2 text-caption text-ink-3">{f.t('earnings.trust')}</p>
    </>
  )
}
