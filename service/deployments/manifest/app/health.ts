import { parseDurationMs } from '../../../../contract/units.ts'
import type { Healthcheck } from '../../../../contract/wire/v1/app.ts'
import { defaults, least } from '../limits.ts'
import { type Field, get, isTrue, itemsOf, textOf } from '../tree.ts'
import { parsed, say, type ServiceContext, wholeNumber } from './context.ts'

/** `none` switches the image's own check off; null leaves it. */
export function readHealthcheck(context: ServiceContext): Healthcheck | 'none' | null {
  const field = get(context.service, 'healthcheck')
  if (field === undefined) return null
  if (isTrue(get(field, 'disable')?.node)) return 'none'
  const testField = get(field, 'test')
  if (testField === undefined) {
    if (['interval', 'timeout', 'start_period', 'retries'].some((key) => get(field, key) !== undefined)) say(context, 'healthcheck.timing-only', field)
    return null
  }
  const test = readTest(context, testField)
  if (test === null || test === 'none') return test
  const retries = wholeNumber(context, get(field, 'retries'), 0, 1000) ?? 0
  return {
    test,
    intervalMs: readTime(context, get(field, 'interval')) ?? defaults.healthIntervalMs,
    timeoutMs: readTime(context, get(field, 'timeout')) ?? defaults.healthTimeoutMs,
    startPeriodMs: readTime(context, get(field, 'start_period')) ?? 0,
    retries: retries === 0 ? defaults.healthRetries : retries,
  }
}

function readTest(context: ServiceContext, field: Field): string[] | 'none' | null {
  const text = textOf(field)
  if (text !== undefined) return text.trim() === '' ? null : ['CMD-SHELL', text]
  const [kind = '', ...words] = itemsOf(field).map((item) => textOf(item) ?? '')
  if (kind === 'NONE') return 'none'
  if ((kind === 'CMD' || kind === 'CMD-SHELL') && words.length > 0) return [kind, ...words]
  if (kind !== '') context.notes.error(field, 'A test that is a list begins with "CMD", "CMD-SHELL" or "NONE" and goes on with the command.')
  return null
}

/** Compose takes 0 as nothing said. */
function readTime(context: ServiceContext, field: Field | undefined): number | undefined {
  const ms = parsed(context, field, (text) => text.trim() === '0' ? 0 : parseDurationMs(text))
  return ms === undefined || ms === 0 ? undefined : Math.max(ms, least.healthMs)
}
