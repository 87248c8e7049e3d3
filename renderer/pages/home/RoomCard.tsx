import { Cpu, HardDrive, MemoryStick } from 'lucide-react'
import { useCallback } from 'react'
import type { LucideIcon } from 'lucide-react'
import type { ResourceSample } from '../../../contract/nouns/node.ts'
import type { Resources } from '../../../contract/units.ts'
import { useWhileVisible } from '../../base/useWhileVisible.ts'
import { Card } from '../../components/Card.tsx'
import { Problem } from '../../components/Problem.tsx'
import { Legend, RoomBar } from '../../components/RoomBar.tsx'
import type { Room } from '../../components/RoomBar.tsx'
import { LoadingLines } from '../../components/Waiting.tsx'
import { useFormat } from '../../i18n/Language.tsx'
import type { Format } from '../../format/format.ts'
import { useFeed, useKnown, useStores } from '../../stores/context.tsx'

/** Who uses what of this machine: sampled only while somebody looks. */
export function RoomCard() {
  const f = useFormat()
  const { use } = useStores()
  const feed = useFeed('use')
  useWhileVisible(useCallback(() => use.start(), [use]))
  const sample = feed.kind === 'loading' ? null : feed.value
  return (
    <Card title={f.t('room.title')} end={<Legend entries={[
      { kind: 'guests', name: f.t('room.guests') }, { kind: 'limit', name: f.t('room.limit') }, { kind: 'you', name: f.t('room.you') },
    ]} />}>
      {feed.kind === 'loading' && <LoadingLines lines={4} quiet />}
      {feed.kind === 'failed' && <div className="mt-3"><Problem error={feed.error} /></div>}
      {sample !== null && <Bars sample={sample} />}
    </Card>
  )
}

function Bars({ sample }: { sample: ResourceSample }) {
  const f = useFormat()
  const reserved = useKnown('share')?.reserved
  const { cpuMilli, memoryMiB, diskMiB } = sample
  const ratio = (value: number) => f.percent(cpuMilli.total > 0 ? value / cpuMilli.total : 0)
  return (
    <>
      <div className="room-grid mt-5">
        <Bar icon={Cpu} name={f.t('room.cpu')} room={cpuMilli} text={ratio} f={f} />
        <Bar icon={MemoryStick} name={f.t('room.memory')} room={memoryMiB} text={f.size} f={f} />
        <Bar icon={HardDrive} name={f.t('room.disk')} room={diskMiB} text={f.size} f={f} />
      </div>
      <p className="mt-5 text-caption text-ink-3">
        {sample.measured ? reserved !== undefined && rentedText(reserved, f) : f.t('room.unmeasured')}
      </p>
    </>
  )
}

function rentedText({ cpuMilli, memoryMiB, diskMiB }: Resources, f: Format): string {
  if (cpuMilli === 0 && memoryMiB === 0 && diskMiB === 0) return f.t('room.nothingRented')
  return f.t('room.reserved', { cores: f.cores(cpuMilli), memory: f.size(memoryMiB), disk: f.size(diskMiB) })
}

function Bar({ icon, name, room, text, f }: { icon: LucideIcon; name: string; room: Room; text: (value: number) => string; f: Format }) {
  const values = { guests: text(room.guests), limit: text(room.limit), you: text(room.you) }
  return (
    <RoomBar icon={icon} name={name} room={room} spoken={f.t('room.spoken', values)}>
      <b className="font-semibold text-ink">{values.guests}</b>{' '}{f.t('room.max', { limit: values.limit })}
    </RoomBar>
  )
}
