import type { ContainerCreateOptions } from 'dockerode'
import type { Healthcheck } from '../../contract/wire/v1/app.ts'

/** As an engine is told of it. */
export function engineHealthcheck(check: Healthcheck | 'none'): NonNullable<ContainerCreateOptions['Healthcheck']> {
  if (check === 'none') return { Test: ['NONE'] }
  const nanoseconds = (ms: number): number => ms * 1_000_000
  return {
    Test: check.test,
    Interval: nanoseconds(check.intervalMs),
    Timeout: nanoseconds(check.timeoutMs),
    StartPeriod: nanoseconds(check.startPeriodMs),
    Retries: check.retries,
  }
}
