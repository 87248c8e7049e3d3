import { bounds } from './limits.ts'
import type { Notes } from './notes.ts'
import { type Field, itemsOf } from './tree.ts'

/** The items of a list whose lines each bring in a file, as far as there may be any. */
export function fileLines({ notes }: { notes: Notes }, field: Field | undefined): Field[] {
  const items = itemsOf(field)
  const tooMany = items[bounds.lines]
  if (tooMany !== undefined) notes.error(tooMany, `There are ${items.length} lines here; at most ${bounds.lines} are read.`)
  return items.slice(0, bounds.lines)
}
