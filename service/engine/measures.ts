export interface ContainerUse {
  /** Cumulative since the container started, µs of CPU. */
  cpuUsedUs: number
  memoryBytes: number
}

/** What a lease holds of the disk. */
export interface DiskUse {
  usedBytes: number
  /** The part of it in volumes whose size nothing but a watchdog limits. */
  unboundBytes: number
}
