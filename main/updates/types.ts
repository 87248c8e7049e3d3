import type { Statement } from '../../release/index.ts'

export interface FetchHooks {
  /** Bytes that came; of a differential download fewer than the package has. */
  onProgress: (doneBytes: number) => void
  signal: AbortSignal
}

/** Brings a package. Never installs. */
export interface Fetcher {
  /** Path of a file with what is signed for. E_UPDATE with the reason. */
  fetch(statement: Statement, hooks: FetchHooks): Promise<string>
}

/** Puts a package in the place of the one that runs, and starts it. */
export interface Installer {
  /** All that takes time, beside the version that runs. E_UPDATE when there is nothing to install then. */
  prepare(path: string, statement: Pick<Statement, 'bytes' | 'sha512'>, signal: AbortSignal): Promise<void>
  /** What was prepared. The app ends soon after it returns; where another program does it, it may not come about. E_UPDATE `install-failed` when nothing was changed. */
  install(): void
  /** The version before, again; false: it is not there. The app ends soon after. */
  goBack(): boolean
  /** The version before is not needed any more. */
  settle(): void
}
