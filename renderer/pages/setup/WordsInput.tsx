import { FileUp } from 'lucide-react'
import { FileTrigger, Label, TextArea, TextField } from 'react-aria-components'
import { Button } from '../../components/Button.tsx'
import { useFormat } from '../../i18n/Language.tsx'

/** A file of words is far smaller; another file is not read. */
const maxFileBytes = 4096

/** The words, pasted or out of the saved file. Never a puzzle, and nothing is kept for the next time. */
export function WordsInput({ value, onChange, autoFocus = false }: { value: string; onChange: (text: string) => void; autoFocus?: boolean }) {
  const f = useFormat()
  return (
    <div className="flex w-full flex-col items-start gap-2">
      <TextField value={value} onChange={onChange} autoFocus={autoFocus} autoComplete="off" spellCheck="false" className="flex w-full flex-col gap-1">
        <Label className="text-small font-medium">{f.t('words.input')}</Label>
        <TextArea dir="ltr" rows={3} autoCapitalize="none" maxLength={maxFileBytes} className="w-full rounded-md border border-line-strong bg-surface px-3 py-2 font-mono text-small" />
      </TextField>
      <FileTrigger acceptedFileTypes={['text/plain']} onSelect={(files) => {
        const file = files?.[0]
        if (file !== undefined && file.size <= maxFileBytes) void file.text().then(onChange)
      }}>
        <Button size="small" icon={FileUp}>{f.t('words.file')}</Button>
      </FileTrigger>
    </div>
  )
}
