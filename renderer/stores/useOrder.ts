import { useStore } from 'zustand'
import type { ErrorReport } from '../../contract/errors.ts'
import type { Client } from '../api/types.ts'
import type { Format } from '../format/format.ts'
import { useFormat } from '../i18n/Language.tsx'
import { useStores } from './context.tsx'
import type { Notice } from './notices.ts'

/** One thing that can be ordered. `give` resolves to the answer, or to null when it failed, which a notice then says. */
export function useOrder(key: string) {
  const f = useFormat()
  const { orders, notices } = useStores()
  const busy = useStore(orders.store, (keys) => keys.has(key))

  async function give<Result>(run: (client: Client) => Promise<Result>, done?: Pick<Notice, 'text' | 'action'>): Promise<Result | null> {
    notices.dismissTopic(key)
    const outcome = await orders.give(key, run)
    if (!outcome.ok) {
      notices.show({ topic: key, tone: 'problem', text: errorText(f, outcome.error), action: { label: f.t('common.tryAgain'), run: () => void give(run, done) } })
      return null
    }
    if (done !== undefined) notices.show({ topic: key, tone: 'info', ...done })
    return outcome.value
  }

  return { busy, give }
}

/** An error in one sentence. */
export function errorText(f: Format, error: ErrorReport): string {
  if (error.code === 'E_NOT_RUNNING' && error.message === '') return f.t('error.away')
  return error.message === '' ? f.t('error.unknown') : f.name(error.message, 300)
}
