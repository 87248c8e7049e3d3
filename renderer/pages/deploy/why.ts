/** Why an app does not simply run: how many of its copies do, and what keeps the first of the others. Pure. */
import type { Deployment } from '../../../contract/nouns/deployment.ts'
import type { Format } from '../../format/format.ts'
import { reasonTexts } from '../../i18n/reasons.ts'
import { copyWords, runningCopies } from './words.ts'

export interface AppWhy {
  sentence: string
  /** What its host says of it, as it came; null: nothing. */
  detail: string | null
}

export function appWhy(app: Pick<Deployment, 'why' | 'state' | 'copies' | 'replicas'>, f: Format): AppWhy | null {
  if (app.why === null || app.state === 'removing') return null
  const head = app.copies === 1 ? f.t('app.copyDown') : f.t('app.copiesRun', { up: runningCopies(app), all: app.copies })
  const other = app.replicas.find(({ state }) => state !== 'running')
  if (other === undefined) return { sentence: head, detail: null }
  const { reason, index, state } = other
  // the app's own state says the same
  if (reason === null && app.copies === 1) return null
  const second = reason === null ? f.t('app.copyIs', { number: index + 1, state: f.t(copyWords[state].word) }) : f.t(reasonTexts[reason.code])
  return { sentence: f.t('sharing.two', { first: head, second }), detail: reason?.detail ?? null }
}
