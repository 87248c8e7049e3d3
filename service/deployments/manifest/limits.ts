/** What a service gets when its file says nothing. The documentation and the warnings take the figures from here. */
export const defaults = {
  cpuMilli: 250,
  memoryMiB: 256,
  diskMiB: 1024,
  pids: 256,
  /** `pids_limit: -1`, which compose reads as no limit. */
  pidsWithoutLimit: 4096,
  tmpfsMiB: 64,
  stopGraceMs: 10_000,
  restart: { mode: 'on-failure', maxAttempts: 10 },
  healthIntervalMs: 30_000,
  healthTimeoutMs: 30_000,
  healthRetries: 3,
  copies: 1,
  graceMs: 30_000,
} as const

/** What an engine takes at the least; smaller wishes are raised to it. */
export const least = { cpuMilli: 10, memoryMiB: 6, healthMs: 100 } as const

/** What one service can ask for at the most: more than any host has, and little enough to add up. */
export const most = { cpuMilli: 256_000, memoryMiB: 2 ** 24, diskMiB: 2 ** 24, shmMiB: 65_536 } as const

/** Bounds on reading: whatever the text, the work stays small. The largest files people publish stay under a quarter. */
export const bounds = {
  /** One YAML file, bytes and lexical tokens. */
  yamlBytes: 256 * 1024,
  yamlTokens: 60_000,
  yamlDepth: 48,
  /** One variable file, bytes. */
  envFileBytes: 256 * 1024,
  /** Values in all files together, each counted as often as aliases and `extends` repeat it. */
  values: 50_000,
  /** Compose files read for one project. */
  composeFiles: 64,
  /** `include` in `include`, `extends` of `extends`, `${A:-${B}}`. */
  nesting: 16,
  /** Text that variables may expand to, all together, characters. */
  expandedChars: 4 * 1024 * 1024,
  /** Lines of one list that each bring in a file: `volumes`, `secrets`, `configs`, `env_file`, `include`. */
  lines: 96,
  /** Files that travel with one service. */
  files: 64,
  /** Warnings, and errors, in one report. */
  notes: 200,
  services: 32,
  /** Names under `x-depin: egress`. */
  domains: 64,
  copies: 100,
  graceMs: { min: 1_000, max: 7 * 86_400_000 },
} as const
