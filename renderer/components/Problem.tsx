import { CircleAlert, RotateCw } from 'lucide-react'
import type { ErrorReport } from '../../contract/errors.ts'
import { useFormat } from '../i18n/Language.tsx'
import { Callout } from './Badge.tsx'
import { Button } from './Button.tsx'
import { Outside } from './Outside.tsx'

/** What went wrong, in the service's words where it has some, with its code and what to do next. */
export function Problem({ error, onRetry }: { error: ErrorReport; onRetry?: () => void }) {
  const f = useFormat()
  return (
    <div role="alert">
      <Callout tone="problem" icon={CircleAlert}
        {...onRetry !== undefined && { action: <Button size="small" icon={RotateCw} onPress={onRetry}>{f.t('common.tryAgain')}</Button> }}>
        <p className="text-ink">{error.message === '' ? f.t(error.code === 'E_NOT_RUNNING' ? 'error.away' : 'error.unknown') : <Outside text={error.message} maxLength={400} />}</p>
        {error.next !== undefined && <p><Outside text={error.next} maxLength={400} /></p>}
        <p className="text-caption text-ink-3">{f.t('error.code', { code: error.code })}</p>
      </Callout>
    </div>
  )
}
