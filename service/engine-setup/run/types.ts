export interface Outcome {
  /** 127: there is no such program. */
  exitCode: number
  stdout: string
}

export interface RunOptions {
  admin: boolean
  deadlineMs: number
  signal: AbortSignal
  /** What it prints, as it comes. */
  onLine?: (line: string) => void
}

export interface CommandRunner {
  /** Runs to the end. A bad exit code is an answer; being too late is a `DeadlineError`. */
  run(command: readonly string[], options: RunOptions): Promise<Outcome>
  /** Starts what runs on by itself, with its output in a file. */
  detach(command: readonly string[], logPath: string, options: RunOptions): Promise<void>
  /** Lets the system ask. Resolves at once where nobody needs to be asked; E_UNAUTHORIZED when the answer is no. */
  askConsent(signal: AbortSignal): Promise<void>
  /** Gives the administrator's rights back. */
  close(): void
}
