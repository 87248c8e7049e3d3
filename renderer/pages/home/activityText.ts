import type { Activity } from '../../../contract/nouns/node.ts'
import { HoldCause } from '../../../contract/nouns/owner.ts'
import type { Format } from '../../format/format.ts'
import type { MessageId } from '../../i18n/messages.ts'
import { isReasonCode, reasonTexts } from '../../i18n/reasons.ts'
import { pausedText } from '../../sharing/pauses.ts'

/** One line of Activity as a sentence. Names come from elsewhere and are kept apart from the words around them. */
export function activityText({ kind, params }: Pick<Activity, 'kind' | 'params'>, f: Format, nowMs: number): string {
  const text = (...keys: string[]) => keys.map((key) => params[key]).find((value) => typeof value === 'string' && value !== '')
  const name = (value: string | number | undefined, otherwise: MessageId) => typeof value === 'string' ? f.name(value, 40) : f.t(otherwise)
  const { untilMs, freeMiB, reason, cause } = params
  const sentence = f.t(`activity.${kind}`, {
    app: name(text('app', 'name'), 'activity.someApp'),
    host: name(text('host', 'label', 'peer'), 'activity.someHost'),
    why: pausedText(HoldCause.safeParse(cause).data ?? 'you', typeof untilMs === 'number' ? untilMs : null, f, nowMs),
    free: typeof freeMiB === 'number' ? f.size(freeMiB) : '',
  })
  return isReasonCode(reason) ? f.t('activity.because', { sentence, reason: f.t(reasonTexts[reason]) }) : sentence
}
