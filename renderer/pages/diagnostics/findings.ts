import type { LucideIcon } from 'lucide-react'
import { CircleAlert, CircleCheck, TriangleAlert } from 'lucide-react'
import type { DoctorFinding } from '../../../contract/nouns/node.ts'
import type { Format } from '../../format/format.ts'
import { isolate } from '../../format/text.ts'
import type { MessageId } from '../../i18n/messages.ts'

/** A check's outcome as a mark and a word. */
export const marks: Record<DoctorFinding['status'], { icon: LucideIcon; ink: string; word: MessageId }> = {
  ok: { icon: CircleCheck, ink: 'text-on', word: 'health.word.ok' },
  warn: { icon: TriangleAlert, ink: 'text-sun-text', word: 'health.word.warn' },
  fail: { icon: CircleAlert, ink: 'text-clay-text', word: 'health.word.fail' },
}

/** Where all is well the sentence is ours, to be translated; a problem keeps the service's own words, which do not turn what stands around them. */
export function findingSentence({ id, status, message }: DoctorFinding, f: Format): string {
  return status === 'ok' ? f.t(`finding.${id}.ok`) : isolate(message, 400)
}
