import { type Complaint, complaintOf } from '../../../contract/complaints.ts'
import type { Reason } from '../../../contract/reasons.ts'

/** Which line of the compose file helps an app that ends by itself, as far as its last words tell. */
const hints: Record<Complaint['kind'], (user: string) => string> = {
  'another-user': (user) => `It wants to become another user, or to give files to one, which no host lets an app do. Name that user for the service, as “user: ${user}”.`,
  'own-files': () => 'An app’s own files cannot be changed. Give it the folder it writes to as a volume, or as “tmpfs: [/var/cache/nginx]”.',
  'no-permission': () => 'The user it runs as may not do that. Name the user that the image is made for (“user: …”), or give it the folder as a volume or “tmpfs”.',
}

/** Null: nothing that is known helps. */
export function hintFor(reason: Reason | null): string | null {
  const complaint = reason?.code === 'app-exited' ? complaintOf(reason.detail ?? '') : null
  return complaint === null ? null : hints[complaint.kind](complaint.user ?? 'postgres')
}
