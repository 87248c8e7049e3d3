import type { UpdateState, UpdateStatus } from '../../../contract/nouns/updates.ts'
import { formatSize } from '../../../contract/units.ts'
import { plain } from '../text.ts'

export function updateText(status: UpdateStatus): string {
  return `Version ${plain(status.installed)}: ${stateText(status.state)}\n`
}

function stateText(state: UpdateState): string {
  switch (state.kind) {
    case 'idle': return state.checkedAtMs === null ? 'not looked for a newer one yet.' : 'this is the newest.'
    case 'checking': return 'looking for a newer one…'
    case 'available': return state.staged ? `${state.version} is for others first; this computer gets it in some days.` : `${state.version} is there (${formatSize(state.bytes)}).`
    case 'downloading': return `${state.version} is coming, ${Math.floor(100 * state.doneBytes / state.totalBytes)} % of ${formatSize(state.totalBytes)}.`
    case 'ready': return `${state.version} is ready. ${waitTexts[state.waitsFor]}`
    case 'installing': return `${state.version} is being installed, and watched until it is well.`
    // that it was taken back is said in the message
    case 'failed': return state.reason === 'unhealthy' ? plain(state.message) : state.version === null ? `the last look for a newer one failed. ${plain(state.message)}` : `${state.version} was not installed. ${plain(state.message)}`
  }
}

const waitTexts = {
  'nobody-uses-it': 'It is installed when nobody uses this computer.', 'you': 'It is installed when you say so.',
} as const

/** In a line of `depin status`; null: nothing to say. */
export function updateNote({ state, way }: UpdateStatus): string | null {
  if (state.kind === 'idle' || state.kind === 'checking') return null
  return `${stateText(state)}${state.kind === 'available' && way.kind === 'command' ? ` Get it: ${way.command}` : ''}`
}
