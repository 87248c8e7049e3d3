import type { Complaint } from '../../../contract/complaints.ts'
import type { Deployment, Replica, ReplicaEvent } from '../../../contract/nouns/deployment.ts'
import type { ServiceStatus } from '../../../contract/wire/v1/protocols.ts'
import type { Tone } from '../../components/Badge.tsx'
import type { MessageId } from '../../i18n/messages.ts'

export interface Word {
  tone: Tone
  word: MessageId
}

/** States in a word, for my apps, their copies and the parts of a copy. */
export const appWords: Record<Deployment['state'], Word> = {
  starting: { tone: 'info', word: 'app.state.starting' },
  running: { tone: 'good', word: 'app.state.running' },
  degraded: { tone: 'attention', word: 'app.state.degraded' },
  waiting: { tone: 'attention', word: 'app.state.waiting' },
  failed: { tone: 'problem', word: 'app.state.failed' },
  removing: { tone: 'plain', word: 'app.state.removing' },
}

export const copyWords: Record<Replica['state'], Word> = {
  waiting: { tone: 'attention', word: 'copy.state.waiting' },
  starting: { tone: 'info', word: 'copy.state.starting' },
  running: { tone: 'good', word: 'copy.state.running' },
  restarting: { tone: 'problem', word: 'copy.state.restarting' },
  suspended: { tone: 'attention', word: 'copy.state.suspended' },
  unreachable: { tone: 'attention', word: 'copy.state.unreachable' },
  failed: { tone: 'problem', word: 'copy.state.failed' },
  ended: { tone: 'plain', word: 'copy.state.ended' },
}

export const serviceWords: Record<ServiceStatus['state'], MessageId> = {
  waiting: 'service.state.waiting', pulling: 'service.state.pulling', starting: 'service.state.starting', running: 'service.state.running',
  paused: 'service.state.paused', restarting: 'service.state.restarting', completed: 'service.state.completed', failed: 'service.state.failed',
  stopped: 'service.state.stopped',
}

export const eventWords: Record<ReplicaEvent['kind'], MessageId> = {
  leased: 'event.leased', running: 'event.running', asleep: 'event.asleep', awake: 'event.awake', lost: 'event.lost', ended: 'event.ended', replaced: 'event.replaced',
  waiting: 'event.waiting', failed: 'event.failed',
}

/** Which line of the compose file helps an app that ends by itself. */
export const complaintHints: Record<Complaint['kind'], MessageId> = { 'another-user': 'copies.anotherUser', 'own-files': 'copies.ownFiles', 'no-permission': 'copies.noPermission' }

export function runningCopies({ replicas }: Pick<Deployment, 'replicas'>): number {
  return replicas.filter((replica) => replica.state === 'running').length
}

/** When it began to run with all its copies, or null. */
export function upSince({ state, replicas }: Pick<Deployment, 'state' | 'replicas'>): number | null {
  return state === 'running' && replicas.length > 0 ? Math.max(...replicas.map((replica) => replica.sinceMs)) : null
}

/** As people write it: without the registry and the folder that everybody means. */
export function shortImage(image: string): string {
  return image.replace(/^docker\.io\/(library\/)?/, '').replace(/@sha256:[0-9a-f]{64}$/, '')
}
