/**
 * How many cores a guest keeps to.
 *
 * @param of the machine has so many.
 * @param percent of them, rounded up; null: it is not held back.
 */
export function keptCores(of: number, percent: number | null): number {
  return percent === null ? of : Math.min(of, Math.max(1, Math.ceil(of * percent / 100)))
}
