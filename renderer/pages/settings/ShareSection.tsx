import { Cpu, HardDrive, MemoryStick, TriangleAlert } from 'lucide-react'
import { Label, RadioButton, RadioField, RadioGroup } from 'react-aria-components'
import type { ShareStatus } from '../../../contract/nouns/node.ts'
import type { Resources } from '../../../contract/units.ts'
import { Callout } from '../../components/Badge.tsx'
import { Card } from '../../components/Card.tsx'
import { ShareSlider } from '../../components/ShareSlider.tsx'
import type { Format } from '../../format/format.ts'
import { useFormat } from '../../i18n/Language.tsx'
import { useSettings } from '../../sharing/useSettings.ts'
import { presetIds, presetLimits, presetOf, steps } from '../../../contract/presets.ts'

/** How much of this computer guests may have at most. */
export function ShareSection({ share }: { share: ShareStatus }) {
  const f = useFormat()
  const { apply } = useSettings()
  const { machine, reserved, settings: { limits } } = share
  const set = (next: Partial<Resources>) => apply({ limits: next }, { limits })
  const stays = (text: string) => f.t('much.stays', { amount: text })
  return (
    <>
      <Presets machine={machine} limits={limits} onChoose={set} f={f} />
      <Card title={f.t('much.exactly')}>
        <div className="mt-4 flex flex-col gap-5">
          <ShareSlider icon={Cpu} name={f.t('room.cpu')} value={limits.cpuMilli / 1000} max={machine.cpuMilli / 1000} step={steps.cpuMilli / 1000} unit={{ maximumFractionDigits: 1 }}
            note={(cores) => stays(f.cores(machine.cpuMilli - cores * 1000))} onChange={(cores) => set({ cpuMilli: Math.round(cores * 1000) })} />
          <ShareSlider icon={MemoryStick} name={f.t('room.memory')} value={limits.memoryMiB / 1024} max={machine.memoryMiB / 1024} step={steps.memoryMiB / 1024} unit={gigabytes}
            note={(gib) => stays(f.size(machine.memoryMiB - gib * 1024))} onChange={(gib) => set({ memoryMiB: Math.round(gib * 1024) })} />
          <ShareSlider icon={HardDrive} name={f.t('room.disk')} value={Math.round(limits.diskMiB / 1024)} max={Math.floor(machine.diskMiB / 1024)} step={1} unit={gigabytes}
            note={(gib) => stays(f.size(machine.diskMiB - gib * 1024))} onChange={(gib) => set({ diskMiB: Math.round(gib * 1024) })} />
        </div>
        {isBelow(limits, reserved) && (
          <div className="mt-4"><Callout tone="attention" icon={TriangleAlert}>{f.t('much.below', { cores: f.cores(reserved.cpuMilli), memory: f.size(reserved.memoryMiB), disk: f.size(reserved.diskMiB) })}</Callout></div>
        )}
      </Card>
    </>
  )
}

const gigabytes: Intl.NumberFormatOptions = { style: 'unit', unit: 'gigabyte', unitDisplay: 'short', maximumFractionDigits: 1 }

function isBelow(limits: Resources, reserved: Resources): boolean {
  return limits.cpuMilli < reserved.cpuMilli || limits.memoryMiB < reserved.memoryMiB || limits.diskMiB < reserved.diskMiB
}

function Presets({ machine, limits, onChoose, f }: { machine: Resources; limits: Resources; onChoose: (limits: Resources) => void; f: Format }) {
  return (
    <RadioGroup value={presetOf(limits, machine) ?? ''} onChange={(id) => {
      const preset = presetIds.find((one) => one === id)
      if (preset !== undefined) onChoose(presetLimits(preset, machine))
    }} className="flex flex-col gap-2">
      <Label className="text-small text-ink-2">{f.t('much.text')}</Label>
      <div className="grid gap-4 table:grid-cols-3">
        {presetIds.map((id) => {
          const { cpuMilli, memoryMiB, diskMiB } = presetLimits(id, machine)
          return (
            <RadioField key={id} value={id}><RadioButton className="choice-card">
              <span className="text-h3 font-semibold">{f.t(`much.${id}`)}</span>
              <span className="text-small text-ink-2">{f.t(`much.${id}Text`)}</span>
              <span className="num text-caption text-ink-2">{f.t('unit.resources', { cores: f.cores(cpuMilli), memory: f.size(memoryMiB), disk: f.size(diskMiB) })}</span>
            </RadioButton></RadioField>
          )
        })}
      </div>
    </RadioGroup>
  )
}
