/** One thing measured beside what it is compared with, in the same run. */
export interface Figure {
  name: string
  unit: Unit
  /** Median of its samples. */
  value: number
  baseline: {
    name: string
    /** Median of its samples. */
    value: number
  }
  /** Value to baseline: the median over the rounds, each of which measured both. */
  ratio: number
  /** Null where nothing was promised. */
  target: Target | null
  isMet: boolean | null
  /** How many rounds. */
  rounds: number
}

export type Unit = 'ms' | 's' | 'MB/s' | 'requests/s' | 'ms/GB' | 'µs/request' | 'µs/connection' | 'connections/s' | 'rounds/s' | 'MiB' | '% of a core'

export interface Target {
  of: 'value' | 'ratio'
  atMost?: number
  atLeast?: number
}

/** What something is made of: the parts follow one another, and add up. */
export interface Breakdown {
  name: string
  unit: Unit
  parts: { name: string, value: number }[]
}

export interface Findings {
  figures: Figure[]
  breakdowns: Breakdown[]
}

export interface Benchmark {
  name: string
  about: string
  /** Of the machine, beyond Node. */
  needs: readonly ('engine' | 'busybox' | 'ssh' | 'chromium' | 'squashfs')[]
  run: (bench: BenchRun) => Promise<Findings>
}

export interface BenchRun {
  /** Says how far it is. */
  say: (line: string) => void
  signal: AbortSignal
}
