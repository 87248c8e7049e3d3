/** In UTC, so that it is the same on every computer. */
export function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}
