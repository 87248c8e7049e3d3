import type { ShareSettingsPatch } from '../../contract/nouns/node.ts'
import { useFormat } from '../i18n/Language.tsx'
import { useOrder } from '../stores/useOrder.ts'

/** Changes of the owner's settings: each applies at once, and can be taken back from the notice that says so. */
export function useSettings() {
  const f = useFormat()
  const order = useOrder('settings')
  return {
    busy: order.busy,
    /** `back`: what makes it as it was. */
    apply: (patch: ShareSettingsPatch, back: ShareSettingsPatch) => void order.give((client) => client.share.set(patch), {
      text: f.t('settings.changed'), action: { label: f.t('common.undo'), run: () => void order.give((client) => client.share.set(back)) },
    }),
  }
}
