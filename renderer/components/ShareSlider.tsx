import type { LucideIcon } from 'lucide-react'
import { useState } from 'react'
import { Slider, SliderThumb, SliderTrack } from 'react-aria-components'
import { Icon } from './Icon.tsx'
import { NumberBox } from './NumberBox.tsx'

/** How much of one thing: a slider for the hand, and beside it always a field for the exact number. */
export function ShareSlider({ icon, name, value, max, step, unit, note, onChange, onMove }: {
  icon: LucideIcon
  name: string
  value: number
  max: number
  step: number
  unit: Intl.NumberFormatOptions
  /** What it means: what stays the owner's. */
  note: (value: number) => string
  /** When it is let go. */
  onChange: (value: number) => void
  /** While it is being moved; null when it is let go. */
  onMove?: (value: number | null) => void
}) {
  const [moving, setMoving] = useState<number | null>(null)
  const shown = moving ?? value
  return (
    <div className="slider-row">
      <span className="flex items-center gap-2 text-small font-medium"><Icon of={icon} className="text-ink-3" />{name}</span>
      <Slider aria-label={name} value={shown} minValue={0} maxValue={max} step={step} formatOptions={unit}
        onChange={(next) => {
          setMoving(next)
          onMove?.(next)
        }} onChangeEnd={(end) => {
          setMoving(null)
          onMove?.(null)
          if (end !== value) onChange(end)
        }}>
        <SliderTrack className="slider-track">
          <span className="slider-fill" style={{ inlineSize: `${max > 0 ? shown / max * 100 : 0}%` }} />
          <SliderThumb className="slider-thumb" />
        </SliderTrack>
      </Slider>
      <NumberBox label={name} value={shown} min={0} max={max} step={step} format={unit} onChange={onChange} />
      <span className="num text-caption text-ink-2">{note(shown)}</span>
    </div>
  )
}
