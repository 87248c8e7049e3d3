/** What this computer noted about one guest. Pure. */
import type { Activity } from '../../../contract/nouns/node.ts'
import type { Format } from '../../format/format.ts'
import { activityText } from '../home/activityText.ts'

export interface GuestLine {
  seq: number
  atMs: number
  warns: boolean
  text: string
}

/** Oldest first, each once: the live lines and those further back overlap. */
export function guestLines(leaseId: string, sources: readonly (readonly Activity[])[], f: Format, nowMs: number): GuestLine[] {
  const bySeq = new Map<number, Activity>()
  for (const line of sources.flat()) if (line.params['leaseId'] === leaseId) bySeq.set(line.seq, line)
  return [...bySeq.values()].sort((one, other) => one.seq - other.seq)
    .map((line) => ({ seq: line.seq, atMs: line.atMs, warns: line.tone === 'attention' || line.tone === 'problem', text: activityText(line, f, nowMs) }))
}

export function filterLines(lines: readonly GuestLine[], { search, warningsOnly }: { search: string; warningsOnly: boolean }): readonly GuestLine[] {
  const wanted = search.trim().toLowerCase()
  return lines.filter((line) => (!warningsOnly || line.warns) && line.text.toLowerCase().includes(wanted))
}

export function linesAsText(lines: readonly GuestLine[]): string {
  return lines.map(({ atMs, text }) => `${new Date(atMs).toISOString()} ${text}\n`).join('')
}
