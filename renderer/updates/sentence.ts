import type { UpdateState, UpdateStatus } from '../../contract/nouns/updates.ts'
import type { Format } from '../format/format.ts'

/** What is known of newer versions, in a sentence. */
export function updateSentence({ state, way }: Pick<UpdateStatus, 'state' | 'way'>, f: Format): string {
  if (way.kind === 'none') return f.t('updates.way.none')
  if (way.kind === 'elsewhere') return f.t(`updates.way.${way.owner}`)
  return stateSentence(state, way.kind === 'desktop', f)
}

function stateSentence(state: UpdateState, isDesktop: boolean, f: Format): string {
  switch (state.kind) {
    case 'idle': return f.t(state.checkedAtMs === null ? 'updates.idle.unknown' : 'updates.idle.newest')
    case 'checking': return f.t('updates.checking.text')
    case 'available': {
      if (state.staged) return f.t('updates.available.staged', { version: state.version })
      return f.t(isDesktop ? 'updates.available.desktop' : 'updates.available.command', { version: state.version, size: f.bytes(state.bytes) })
    }
    case 'downloading': return f.t('updates.downloading.text', { version: state.version, percent: f.percent(state.totalBytes === 0 ? 0 : state.doneBytes / state.totalBytes), size: f.bytes(state.totalBytes) })
    case 'ready': return f.t(`updates.ready.${state.waitsFor}`, { version: state.version })
    case 'installing': return f.t('updates.installing.text', { version: state.version })
    case 'failed': return !isDesktop && state.reason === 'memory-damaged' ? f.t('updates.problem.memory-damaged.server') : f.t(`updates.problem.${state.reason}`, { version: state.version ?? '' })
  }
}
