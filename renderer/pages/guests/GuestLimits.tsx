import type { Guest } from '../../../contract/nouns/guest.ts'
import { Badge } from '../../components/Badge.tsx'
import { KeyValue, KeyValues } from '../../components/KeyValue.tsx'
import { Outside } from '../../components/Outside.tsx'
import { useFormat } from '../../i18n/Language.tsx'
import { useKnown } from '../../stores/context.tsx'
import { serviceWords, shortImage } from '../deploy/words.ts'

/** What it may use and reach, as both sides signed it, and what it is made of. */
export function GuestLimits({ guest }: { guest: Guest }) {
  const f = useFormat()
  const egress = useKnown('share')?.settings.egress
  const { cpuMilli, memoryMiB, diskMiB } = guest.resources
  return (
    <KeyValues>
      <KeyValue name={f.t('room.cpu')}>{f.t('guest.atMost', { amount: f.cores(cpuMilli) })}</KeyValue>
      <KeyValue name={f.t('room.memory')}>{f.t('guest.atMost', { amount: f.size(memoryMiB) })}</KeyValue>
      <KeyValue name={f.t('room.disk')}>{f.t('guest.atMost', { amount: f.size(diskMiB) })}</KeyValue>
      <KeyValue name={f.t('engine.isolation')}>{f.t(`isolation.${guest.isolation}`)}</KeyValue>
      <KeyValue name={f.t('guest.egress')}>{f.t(`egress.${guest.egress}Text`)}</KeyValue>
      {egress !== undefined && guest.egress !== 'none' && <KeyValue name={f.t('egress.rate')}>{f.t('guest.atMost', { amount: f.megabits(egress.rateMbit) })}</KeyValue>}
      {guest.services.map(({ name, image, status }) => (
        <KeyValue key={name} name={<Outside text={name} maxLength={63} />}>
          <span className="inline-flex flex-wrap items-center justify-end gap-2">
            <Outside code text={shortImage(image)} maxLength={80} />
            {status !== null && <Badge tone="plain">{guest.unseenSinceMs == null ? f.t(serviceWords[status.state]) : f.t('guest.before', { state: f.t(serviceWords[status.state]) })}</Badge>}
          </span>
        </KeyValue>
      ))}
    </KeyValues>
  )
}
