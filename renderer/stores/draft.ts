/**
 * The app that is being written: files, name, price, and what the service says about them. It lives with the page, so that
 * going back, or looking at another screen, loses nothing.
 */
import { createStore } from 'zustand/vanilla'
import type { StoreApi } from 'zustand/vanilla'
import type { ErrorReport } from '../../contract/errors.ts'
import type { DeployOptions, ManifestBundle, ManifestReport } from '../../contract/nouns/deployment.ts'
import { reportOf } from '../api/errors.ts'
import { parseMoney } from '../format/money.ts'
import { composeNames, decodeText, encodeBytes, encodeText } from './files.ts'
import type { ReadFile } from './files.ts'
import type { FeedNeeds } from './feed.ts'

/** none ──text──► checking ──report──► checked; failed: the service could not say. `before` is the last report. */
export type Validation =
  | { kind: 'none' }
  | { kind: 'checking'; before: ManifestReport | null }
  | { kind: 'checked'; report: ManifestReport }
  | { kind: 'failed'; error: ErrorReport; before: ManifestReport | null }

export interface DraftState {
  /** What the person typed; empty: the service finds a name. */
  name: string
  /** The most that one copy may cost a month, as typed; empty: what the file says. */
  maxPrice: string
  /** Which of `files` is the compose file. */
  entry: string
  /** The compose file's text, as it stands in the editor. */
  text: string
  /** Counts up when the text came from elsewhere than the editor, which then shows it. */
  textVersion: number
  /** The other files, base64. */
  files: Readonly<Record<string, string>>
  validation: Validation
  /** Only these hosts; null: the service chooses. */
  hosts: readonly string[] | null
}

export interface Draft {
  readonly store: StoreApi<DraftState>
  setText: (text: string) => void
  setName: (name: string) => void
  setMaxPrice: (price: string) => void
  chooseHosts: (hosts: readonly string[] | null) => void
  /** Takes chosen or dropped files in: a compose file becomes the text, files that are asked for get their path. */
  addFiles: (files: readonly ReadFile[]) => void
  /** What the compose file names as `path`: one file, or all files of a folder. */
  addNamed: (path: string, files: readonly ReadFile[], what: 'file' | 'folder') => void
  removeFile: (path: string) => void
  validateNow: () => void
  clear: () => void
}

const empty: DraftState = { name: '', maxPrice: '', entry: 'compose.yaml', text: '', textVersion: 0, files: {}, validation: { kind: 'none' }, hosts: null }
const typingPauseMs = 350

export function lastReport(validation: Validation): ManifestReport | null {
  switch (validation.kind) {
    case 'none': return null
    case 'checked': return validation.report
    case 'checking': case 'failed': return validation.before
  }
}

export function bundleOf(state: Pick<DraftState, 'entry' | 'text' | 'files'>): ManifestBundle {
  return { entry: state.entry, files: { ...state.files, [state.entry]: encodeText(state.text) }, env: {} }
}

export function optionsOf(state: Pick<DraftState, 'name' | 'maxPrice' | 'hosts'>): DeployOptions {
  const maxPriceMonthMicro = parseMoney(state.maxPrice)
  return {
    ...state.name !== '' && { name: state.name },
    ...maxPriceMonthMicro !== null && { maxPriceMonthMicro },
    ...state.hosts !== null && { providers: [...state.hosts] },
  }
}

export function createDraft(needs: FeedNeeds, initial: Partial<DraftState> = {}): Draft {
  const store = createStore<DraftState>(() => ({ ...empty, ...initial }))
  const validator = createValidator(needs, store)

  function change(next: Partial<DraftState>) {
    store.setState({ ...next, hosts: null })
    validator.soon()
  }

  return {
    store,
    setText(text) {
      if (text !== store.getState().text) change({ text })
    },
    setName: (name) => store.setState({ name }),
    setMaxPrice: (maxPrice) => store.setState({ maxPrice, hosts: null }),
    chooseHosts: (hosts) => store.setState({ hosts }),
    addFiles: (files) => change(withFiles(store.getState(), files)),
    addNamed: (path, files, what) => change({ files: { ...store.getState().files, ...namedFiles(path, files, what) } }),
    removeFile: (path) => change({ files: Object.fromEntries(Object.entries(store.getState().files).filter(([other]) => other !== path)) }),
    validateNow: validator.now,
    clear() {
      validator.stop()
      store.setState({ ...empty, textVersion: store.getState().textVersion + 1 })
    },
  }
}

/** Asks the service about the draft, once typing has paused; a newer question makes an older one void. */
function createValidator({ connection, clock }: FeedNeeds, store: StoreApi<DraftState>) {
  let cancelWait: (() => void) | null = null
  let asking: AbortController | null = null

  function stop() {
    cancelWait?.()
    asking?.abort()
  }

  async function ask(signal: AbortSignal) {
    const before = lastReport(store.getState().validation)
    store.setState({ validation: { kind: 'checking', before } })
    try {
      const report = await connection.client().manifests.validate({ bundle: bundleOf(store.getState()) }, { signal })
      if (!signal.aborted) store.setState({ validation: { kind: 'checked', report } })
    } catch (error) {
      if (!signal.aborted) store.setState({ validation: { kind: 'failed', error: reportOf(error), before } })
    }
  }

  function now() {
    stop()
    asking = new AbortController()
    void ask(asking.signal)
  }

  function soon() {
    stop()
    const { text, validation } = store.getState()
    if (text.trim() === '') {
      store.setState({ validation: { kind: 'none' } })
      return
    }
    store.setState({ validation: { kind: 'checking', before: lastReport(validation) } })
    cancelWait = clock.after(typingPauseMs, now)
  }

  return { now, soon, stop }
}

function withFiles(state: DraftState, added: readonly ReadFile[]): Pick<DraftState, 'entry' | 'text' | 'textVersion' | 'files'> {
  const missing = lastReport(state.validation)?.missingFiles ?? []
  const files = { ...state.files }
  let { entry, text } = state
  for (const { path, bytes } of added) {
    const wanted = missing.find((name) => name === path || basename(name) === basename(path))
    if (wanted === undefined && isComposeFile(path, added.length, text)) {
      entry = basename(path)
      text = decodeText(bytes)
    } else files[wanted ?? path] = encodeBytes(bytes)
  }
  return { entry, text, textVersion: state.textVersion + 1, files }
}

/** A browser gives the files of a folder with the folder's own name first; the compose file may call it otherwise. */
function namedFiles(path: string, files: readonly ReadFile[], what: 'file' | 'folder'): Record<string, string> {
  const named = what === 'folder'
    ? files.map((file) => [`${path.replace(/\/+$/, '')}/${file.path.slice(file.path.indexOf('/') + 1)}`, encodeBytes(file.bytes)])
    : files.slice(0, 1).map((file) => [path, encodeBytes(file.bytes)])
  return Object.fromEntries(named) as Record<string, string>
}

/** By its usual name; or the only YAML file there is, while there is no text yet. */
function isComposeFile(path: string, count: number, text: string): boolean {
  return composeNames.test(basename(path)) || (/\.ya?ml$/i.test(path) && (count === 1 || text === ''))
}

function basename(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
