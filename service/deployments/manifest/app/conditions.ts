/** `x-depin: isolation` and `egress`: what the app wants of the host that concerns both their safety. */
import { DepinError } from '../../../../contract/errors.ts'
import { type AppEgress, DomainName } from '../../../../contract/wire/v1/app.ts'
import { IsolationLevel, isolationLevels } from '../../../../contract/wire/v1/records.ts'
import { bounds } from '../limits.ts'
import { quote } from '../notes.ts'
import { dig, type Field, itemsOf, textOf } from '../tree.ts'
import { type BuildContext, parsed } from './context.ts'

export function readConditions(context: BuildContext): { egress: AppEgress, isolation: IsolationLevel | null } {
  const egress = dig(context.project, 'x-depin', 'egress')
  return {
    egress: egress === undefined ? { tier: 'none' } : readEgress(context, egress),
    isolation: parsed(context, dig(context.project, 'x-depin', 'isolation'), parseIsolation) ?? null,
  }
}

/** `none`, `open`, one name, or a list of names. */
function readEgress(context: BuildContext, field: Field): AppEgress {
  const text = textOf(field)?.trim()
  if (text === 'none' || text === '') return { tier: 'none' }
  if (text === 'open') return { tier: 'open' }
  const names = field.node.kind === 'sequence' ? itemsOf(field) : [field]
  const domains = [...new Set(names.flatMap((name) => parsed(context, name, parseDomain) ?? []))]
  if (domains.length > bounds.domains) context.notes.error(field, `${domains.length} names are listed; ${bounds.domains} can be. Write \`egress: open\` if the app needs the whole internet.`)
  return domains.length === 0 ? { tier: 'none' } : { tier: 'domains', domains: domains.slice(0, bounds.domains) }
}

function parseDomain(text: string): string {
  const name = DomainName.safeParse(text.trim().toLowerCase().replace(/\.$/, ''))
  if (name.success) return name.data
  throw new DepinError('E_BAD_INPUT', `${quote(text)} is not a name on the internet.`, { next: 'Write `none`, `open`, or a list of full names such as `[api.example.org]`.' })
}

function parseIsolation(text: string): IsolationLevel {
  const level = IsolationLevel.safeParse(text.trim())
  if (level.success) return level.data
  throw new DepinError('E_BAD_INPUT', `${quote(text)} is no way to keep apps apart.`, { next: `Write ${isolationLevels.join(', ')}.` })
}
