/**
 * Quotas of the processor, for engines that change one and go on telling the one that a container was made with (Podman).
 * Known as long as this program runs; of containers from before it nothing is known, which is told as a quota of 0, so that
 * whoever wants another gives it.
 */
export class Quotas {
  readonly #given = new Map<string, number | 'as made'>()

  made(containerId: string): void {
    this.#given.set(containerId, 'as made')
  }

  /** With the quota that it was made with, unless it ran already. */
  started(containerId: string): void {
    if (this.#given.get(containerId) !== 'as made') this.#given.delete(containerId)
  }

  given(containerId: string, cpuMilli: number): void {
    this.#given.set(containerId, cpuMilli)
  }

  gone(containerId: string): void {
    this.#given.delete(containerId)
  }

  /** @param made what the engine tells. */
  of(containerId: string, made: number | null): number | null {
    const given = this.#given.get(containerId)
    return made === null || given === 'as made' ? made : given ?? 0
  }
}
