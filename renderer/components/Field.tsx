import type { ReactNode } from 'react'
import { FieldError, Input, Label, Text, TextField } from 'react-aria-components'

export function Field({ label, value, onChange, hint, error, placeholder, end, type = 'text', inputMode, autoComplete, name, autoFocus = false, labelHidden = false }: {
  label: string
  value: string
  onChange: (value: string) => void
  hint?: ReactNode
  /** Why this cannot be used; null when it can. */
  error?: string | null
  placeholder?: string
  end?: ReactNode
  type?: 'text' | 'password' | 'search'
  inputMode?: 'decimal'
  autoComplete?: string
  name?: string
  autoFocus?: boolean
  /** Where its place and its icon say what it is for. */
  labelHidden?: boolean
}) {
  const invalid = error !== undefined && error !== null
  return (
    <TextField value={value} onChange={onChange} isInvalid={invalid} type={type} autoFocus={autoFocus} className="flex min-w-0 flex-col gap-1"
      {...name !== undefined && { name }} {...autoComplete !== undefined && { autoComplete }} {...inputMode !== undefined && { inputMode }}>
      <Label className={labelHidden ? 'sr-only' : 'text-small font-medium'}>{label}</Label>
      <span className="flex items-center gap-2">
        <Input className="h-control w-full min-w-0 rounded-md border border-line-strong bg-surface px-3 invalid:border-clay" {...placeholder !== undefined && { placeholder }} />
        {end}
      </span>
      {hint !== undefined && !invalid && <Text slot="description" className="text-caption text-ink-2">{hint}</Text>}
      <FieldError className="text-caption text-clay-text">{error}</FieldError>
    </TextField>
  )
}
