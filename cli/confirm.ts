/** A question before something that cannot be taken back. */
import type { Context } from './context.ts'
import { usageError } from './failure.ts'

/** False: the answer is no, which has been said. E_USAGE where nobody can be asked. */
export async function isConfirmed(context: Context, { yes }: { yes?: true }, question: string): Promise<boolean> {
  if (yes === true) return true
  if (!context.io.canAsk) throw usageError('Nobody can be asked here.', 'To go on without being asked, add --yes.')
  const answer = await context.io.ask(`${question} [y/N] `)
  if (/^y(es)?$/i.test(answer.trim())) return true
  context.note('Nothing was changed.\n')
  context.failed()
  return false
}
