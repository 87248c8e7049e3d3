/** `x-depin`: where, how often and for how much the app may run. */
import { parseAmountMicro, parseDurationMs, parsePriceMonthMicro } from '../../../contract/units.ts'
import { Region } from '../../../contract/ids.ts'
import { DepinError } from '../../../contract/errors.ts'
import { type BuildContext, parsed, say, wholeNumber } from './app/context.ts'
import { bounds, defaults } from './limits.ts'
import { quote } from './notes.ts'
import { nearest } from './schema/nearest.ts'
import { dig, entriesOf, type Field, get, itemsOf } from './tree.ts'
import type { PlacementOptions } from './types.ts'

const appKeys = ['budget', 'max_price', 'regions', 'spread', 'copies', 'grace', 'egress', 'isolation']
const serviceKeys = ['disk']

type Context = Pick<BuildContext, 'project' | 'notes'>

export function readPlacement(context: BuildContext): PlacementOptions {
  const options = get(context.project, 'x-depin')
  checkKeys(context, options, appKeys)
  for (const [, service] of entriesOf(get(context.project, 'services'))) checkKeys(context, get(service, 'x-depin'), serviceKeys)
  return {
    copies: wholeNumber(context, get(options, 'copies'), 1, bounds.copies) ?? copiesOfServices(context),
    budgetMicro: parsed(context, get(options, 'budget'), parseAmountMicro) ?? null,
    maxPriceMonthMicro: parsed(context, get(options, 'max_price'), parsePriceMonthMicro) ?? null,
    regions: [...new Set(itemsOf(get(options, 'regions')).flatMap((region) => parsed(context, region, parseRegion) ?? []))],
    spread: parsed(context, get(options, 'spread'), parseSpread) ?? 'host',
    graceMs: parsed(context, get(options, 'grace'), parseGrace) ?? defaults.graceMs,
  }
}

/** `x-depin` is not in the official schema, so it is looked at here. */
function checkKeys(context: Context, options: Field | undefined, known: readonly string[]): void {
  if (options === undefined || (options.node.kind === 'scalar' && options.node.value === null)) return
  if (options.node.kind !== 'mapping') {
    context.notes.error(options, `\`x-depin\` holds lines such as \`${known[0] ?? ''}: …\`, indented below it.`)
    return
  }
  for (const [name, field] of entriesOf(options)) {
    const meant = nearest(name, known)
    const advice = meant === undefined ? `Known here: ${known.join(', ')}.` : `Did you mean \`${meant}\`?`
    if (!known.includes(name)) context.notes.error(field, `\`x-depin\` knows no key ${quote(name)} here. ${advice}`)
    else if (field.node.kind === 'mapping' || (field.node.kind === 'sequence' && !['regions', 'egress'].includes(name))) context.notes.error(field, `\`${name}\` takes a single value here.`)
  }
}

/** From `scale` and `deploy.replicas`: the app is copied as a whole, so the largest number counts. */
function copiesOfServices(context: BuildContext): number {
  const counts = entriesOf(get(context.project, 'services')).map(([, service]) => {
    const field = get(service, 'scale') ?? dig(service, 'deploy', 'replicas')
    return { field, count: wholeNumber(context, field, 1, bounds.copies) ?? 1 }
  })
  const copies = Math.max(defaults.copies, ...counts.map(({ count }) => count))
  const largest = counts.find(({ count }) => count === copies)?.field
  if (largest !== undefined && counts.some(({ count }) => count !== copies)) say(context, 'replicas.differ', largest, { copies: String(copies) })
  return copies
}

function parseRegion(text: string): string {
  const region = Region.safeParse(text.trim().toUpperCase())
  if (!region.success) throw new DepinError('E_BAD_INPUT', `${quote(text)} is not a region.`, { next: 'Write a country’s ISO code such as TZ, or with a part of it such as BR-PE.' })
  return region.data
}

function parseSpread(text: string): PlacementOptions['spread'] {
  if (text === 'host' || text === 'region') return text
  throw new DepinError('E_BAD_INPUT', `${quote(text)} is no way to spread copies.`, { next: 'Write host or region.' })
}

function parseGrace(text: string): number {
  const graceMs = parseDurationMs(text)
  if (graceMs >= bounds.graceMs.min && graceMs <= bounds.graceMs.max) return graceMs
  throw new DepinError('E_BAD_INPUT', `${quote(text)} is too short or too long.`, { next: 'Write a time from 1s to 7d.' })
}
