import { Cpu, HardDrive, MemoryStick, Wifi } from 'lucide-react'
import { useState } from 'react'
import { Label, RadioButton, RadioField, RadioGroup } from 'react-aria-components'
import type { ShareSettingsPatch, ShareStatus } from '../../../contract/nouns/node.ts'
import type { Resources } from '../../../contract/units.ts'
import { Card } from '../../components/Card.tsx'
import { ShareSlider } from '../../components/ShareSlider.tsx'
import { LoadingLines } from '../../components/Waiting.tsx'
import { useFormat } from '../../i18n/Language.tsx'
import { estimateOf } from '../../sharing/estimate.ts'
import { canTell } from '../../sharing/rules.ts'
import { useSettings } from '../../sharing/useSettings.ts'
import { useKnown } from '../../stores/context.tsx'
import { presetIds, presetLimits, presetOf, steps } from '../../../contract/presets.ts'
import { EstimatePanel, rangeText } from './EstimatePanel.tsx'
import { StepFoot, StepHead } from './StepFrame.tsx'
import type { StepProps } from './StepFrame.tsx'
import { WhenCard } from './WhenCard.tsx'

/** How much, when, and what it may bring. Everything applies at once. */
export function ShareStep({ onboarding, moves }: StepProps) {
  const f = useFormat()
  const share = useKnown('share')
  /** What the hand is moving, and the service does not know yet. */
  const [moving, setMoving] = useState<Partial<Resources>>({})
  if (share === null) return <LoadingLines lines={6} />
  const limits = { ...share.settings.limits, ...moving }
  return (
    <>
      <StepHead title={f.t('setup.share.title')} text={f.t('setup.share.text')} />
      <div className="grid-aside">
        <div className="flex min-w-0 flex-col gap-4">
          <Presets share={share} onboarding={onboarding} />
          <Sliders share={share} onMove={setMoving} />
          <WhenCard share={share} />
        </div>
        <EstimatePanel share={{ ...share, settings: { ...share.settings, limits } }} settled={share} onboarding={onboarding} onChange={(assumptions) => void moves.save({ assumptions })} />
      </div>
      <StepFoot step="share" onboarding={onboarding} moves={moves} />
    </>
  )
}

function Presets({ share: { machine, settings, owner }, onboarding }: { share: ShareStatus; onboarding: StepProps['onboarding'] }) {
  const f = useFormat()
  const { apply } = useSettings()
  return (
    <RadioGroup value={presetOf(settings.limits, machine) ?? ''} onChange={(id) => {
      const preset = presetIds.find((one) => one === id)
      if (preset !== undefined) apply({ limits: presetLimits(preset, machine) }, { limits: settings.limits })
    }}>
      <Label className="sr-only">{f.t('setup.share.title')}</Label>
      <div className="grid gap-4 table:grid-cols-3">
        {presetIds.map((id) => {
          const { left } = estimateOf({ settings: { ...settings, limits: presetLimits(id, machine) }, assumptions: onboarding.assumptions, tellsUse: canTell(owner.signals, 'in-use') })
          return (
            <RadioField key={id} value={id}><RadioButton className="choice-card">
              <span className="text-h3 font-semibold">{f.t(`much.${id}`)}</span>
              <span className="text-small text-ink-2">{f.t(`much.${id}Text`)}</span>
              <span className="num text-small font-medium text-primary-text">{f.t('money.perMonth', { price: rangeText(left, f) })}</span>
            </RadioButton></RadioField>
          )
        })}
      </div>
    </RadioGroup>
  )
}

const gigabytes: Intl.NumberFormatOptions = { style: 'unit', unit: 'gigabyte', unitDisplay: 'short', maximumFractionDigits: 1 }
const megabits: Intl.NumberFormatOptions = { style: 'unit', unit: 'megabit-per-second', unitDisplay: 'short' }
/** The slider's end: more is a matter of Settings. */
const mostMbit = 200

function Sliders({ share: { machine, settings: { limits, egress } }, onMove }: { share: ShareStatus; onMove: (limits: Partial<Resources>) => void }) {
  const f = useFormat()
  const { apply } = useSettings()
  const set = (patch: ShareSettingsPatch) => {
    onMove({})
    apply(patch, { limits, egress })
  }
  const moves = (patch: (value: number) => Partial<Resources>) => (value: number | null) => {
    if (value !== null) onMove(patch(value))
  }
  const stays = (text: string) => f.t('much.stays', { amount: text })
  const cpu = (cores: number) => ({ cpuMilli: Math.round(cores * 1000) })
  const memory = (gib: number) => ({ memoryMiB: Math.round(gib * 1024) })
  const disk = (gib: number) => ({ diskMiB: Math.round(gib * 1024) })
  return (
    <Card title={f.t('much.exactly')}>
      <div className="mt-4 flex flex-col gap-5">
        <ShareSlider icon={Cpu} name={f.t('room.cpu')} value={limits.cpuMilli / 1000} max={machine.cpuMilli / 1000} step={steps.cpuMilli / 1000} unit={{ maximumFractionDigits: 1 }}
          note={(cores) => stays(f.cores(machine.cpuMilli - cores * 1000))} onMove={moves(cpu)} onChange={(cores) => set({ limits: cpu(cores) })} />
        <ShareSlider icon={MemoryStick} name={f.t('room.memory')} value={limits.memoryMiB / 1024} max={machine.memoryMiB / 1024} step={steps.memoryMiB / 1024} unit={gigabytes}
          note={(gib) => stays(f.size(machine.memoryMiB - gib * 1024))} onMove={moves(memory)} onChange={(gib) => set({ limits: memory(gib) })} />
        <ShareSlider icon={HardDrive} name={f.t('room.disk')} value={Math.round(limits.diskMiB / 1024)} max={Math.floor(machine.diskMiB / 1024)} step={1} unit={gigabytes}
          note={(gib) => stays(f.size(machine.diskMiB - gib * 1024))} onMove={moves(disk)} onChange={(gib) => set({ limits: disk(gib) })} />
        <ShareSlider icon={Wifi} name={f.t('setup.internet')} value={Math.min(egress.rateMbit, mostMbit)} max={mostMbit} step={1} unit={megabits}
          note={() => f.t('egress.rateText')} onChange={(rateMbit) => set({ egress: { rateMbit: Math.max(1, rateMbit) } })} />
      </div>
    </Card>
  )
}
