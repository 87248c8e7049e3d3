import { Input, NumberField } from 'react-aria-components'

/** A number that takes effect when it is finished: on Enter, on leaving it, or by arrow keys. */
export function NumberBox({ label, value, min, max, step = 1, format, isDisabled = false, onChange }: {
  label: string
  value: number
  min: number
  max: number
  step?: number
  format?: Intl.NumberFormatOptions
  isDisabled?: boolean
  onChange: (value: number) => void
}) {
  return (
    <NumberField aria-label={label} value={value} minValue={min} maxValue={max} step={step} isDisabled={isDisabled} isWheelDisabled
      {...format !== undefined && { formatOptions: format }}
      onChange={(next) => {
        if (!Number.isNaN(next) && next !== value) onChange(next)
      }}>
      <Input className="num h-control w-28 rounded-md border border-line-strong bg-surface px-3 text-end text-small disabled:opacity-50" />
    </NumberField>
  )
}
