import { CircleAlert } from 'lucide-react'
import { useState } from 'react'
import type { SyntheticEvent } from 'react'
import { Callout } from '../components/Badge.tsx'
import { Button } from '../components/Button.tsx'
import { Field } from '../components/Field.tsx'
import { readPasted } from '../api/session.ts'
import { useFormat } from '../i18n/Language.tsx'
import { Mark } from './Mark.tsx'

/** The command that prints the address again, as it is typed in a checkout. */
const statusCommand = 'npm run -s depin -- status'

/** Asks for the address, or the code in it, which only who has an account on the computer can read. */
export function SignIn({ host, refused, onToken }: {
  /** Of this page, e.g. `127.0.0.1:4173`. */
  host: string
  /** There was a code, and the service does not know it. */
  refused: boolean
  onToken: (token: string) => void
}) {
  const f = useFormat()
  const [text, setText] = useState('')
  const [error, setError] = useState<string | null>(null)

  function submit(event: SyntheticEvent) {
    event.preventDefault()
    const pasted = readPasted(text, host)
    switch (pasted.kind) {
      case 'token':
        onToken(pasted.token)
        return
      case 'elsewhere':
        setError(f.t('signIn.elsewhere', { there: f.name(pasted.host, 60), here: f.name(host, 60) }))
        return
      case 'unusable': setError(f.t('signIn.unusable'))
    }
  }

  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <form onSubmit={submit} noValidate className="flex w-full max-w-md flex-col gap-4 rounded-xl border border-line bg-surface p-6 shadow-1">
        <Mark className="size-10 text-primary-text" />
        <div>
          <h1 className="text-h1 tracking-tight">{f.t('signIn.title')}</h1>
          <p className="mt-1 text-ink-2">{f.t('signIn.text')}</p>
        </div>
        {refused && <div role="alert"><Callout tone="attention" icon={CircleAlert}>{f.t('signIn.refused')}</Callout></div>}
        <div className="flex flex-col gap-1.5">
          <p className="text-small text-ink-2">{f.t('signIn.command')}</p>
          <code dir="ltr" className="overflow-x-auto rounded-md bg-well px-3 py-2 font-mono text-small whitespace-pre" tabIndex={0}>{statusCommand}</code>
        </div>
        <Field label={f.t('signIn.label')} value={text} onChange={(value) => {
          setText(value)
          setError(null)
        }} error={error} type="password" name="code" autoComplete="current-password" autoFocus />
        <Button type="submit" look="primary" size="large" wide>{f.t('signIn.submit')}</Button>
      </form>
    </main>
  )
}
