import type { LucideIcon } from 'lucide-react'
import { CircleAlert, CircleCheck, TriangleAlert } from 'lucide-react'
import type { DoctorFinding, FindingCause } from '../../../contract/nouns/node.ts'
import type { Format, Values } from '../../format/format.ts'
import { isolate } from '../../format/text.ts'
import type { MessageId } from '../../i18n/messages.ts'

/** A check's outcome as a mark and a word. */
export const marks: Record<DoctorFinding['status'], { icon: LucideIcon; ink: string; word: MessageId }> = {
  ok: { icon: CircleCheck, ink: 'text-on', word: 'health.word.ok' },
  warn: { icon: TriangleAlert, ink: 'text-sun-text', word: 'health.word.warn' },
  fail: { icon: CircleAlert, ink: 'text-clay-text', word: 'health.word.fail' },
}

/** What was found, in the reader's language. */
export function findingSentence({ id, cause }: DoctorFinding, f: Format): string {
  return cause === null ? f.t(`finding.${id}.ok`) : f.t(`cause.${cause.code}`, causeValues(cause, f))
}

/** What can be done about it; null where all is well. */
export function findingFix({ cause }: DoctorFinding, f: Format): string | null {
  return cause === null ? null : f.t(`cause.${cause.code}.fix`, { ...causeValues(cause, f), option: isolate('--listen'), command: isolate('npm start') })
}

/** Names, versions and what the attack reached do not turn what stands around them. */
function causeValues(cause: FindingCause, f: Format): Values {
  switch (cause.code) {
    case 'engine-unsafe': return { cves: isolate(cause.cves.join(' '), 200), update: isolate(cause.update, 300) }
    case 'engine-leaks': return { leaks: isolate(cause.leaks.join('; '), 400) }
    case 'engine-doubts': return { doubts: isolate(cause.doubts.join(' '), 400) }
    case 'data-dir': return { error: isolate(cause.error) }
    case 'disk-low': return { free: f.size(cause.freeMiB), needed: f.size(cause.neededMiB) }
    case 'clock-behind': case 'clock-ahead': return { minutes: cause.minutes }
    case 'runtime-old': return { version: isolate(cause.version, 40), wanted: isolate(cause.wanted) }
    default: return {}
  }
}
