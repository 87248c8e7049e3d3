import type { Figure, Target, Unit } from './types.ts'

export type Samples<Name extends string> = Record<Name, number[]>

/**
 * Measures all contenders once a round, each round beginning with another one: a machine that is busy for a while is
 * busy for all of them. The first round warms up, and is not counted.
 */
export async function inRounds<Name extends string>(rounds: number, contenders: Record<Name, () => Promise<number>>, signal: AbortSignal): Promise<Samples<Name>> {
  const names = Object.keys(contenders) as Name[]
  const samples = Object.fromEntries(names.map((name): [string, number[]] => [name, []])) as Samples<Name>
  for (let round = 0; round <= rounds; round++) {
    const first = round % names.length
    for (const name of [...names.slice(first), ...names.slice(0, first)]) {
      signal.throwIfAborted()
      const sample = await contenders[name]()
      if (round > 0) samples[name].push(sample)
    }
  }
  return samples
}

/** @param values at least one */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const upper = sorted[Math.floor(sorted.length / 2)]
  const lower = sorted[Math.floor((sorted.length - 1) / 2)]
  if (upper === undefined || lower === undefined) throw new RangeError('the median of nothing')
  return (lower + upper) / 2
}

/** @param baseline what `values` are compared with, round by round */
export function figure(name: string, unit: Unit, values: readonly number[], baseline: { name: string, values: readonly number[] }, target: Target | null = null): Figure {
  const value = median(values)
  const ratio = median(values.map((each, round) => each / (baseline.values[round] ?? Number.NaN)))
  return {
    name, unit, value, ratio, target, baseline: { name: baseline.name, value: median(baseline.values) }, rounds: values.length,
    isMet: target === null ? null : isWithin(target.of === 'value' ? value : ratio, target),
  }
}

function isWithin(value: number, { atMost, atLeast }: Target): boolean {
  return value <= (atMost ?? Number.POSITIVE_INFINITY) && value >= (atLeast ?? Number.NEGATIVE_INFINITY)
}
