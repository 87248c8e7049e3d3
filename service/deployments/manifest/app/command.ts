import { quote } from '../notes.ts'
import { type Field, get, itemsOf, textOf } from '../tree.ts'
import { say, type ServiceContext } from './context.ts'
import { splitWords } from './shell-words.ts'

/** The words of `command` or `entrypoint`; null when the image's own stay. */
export function readCommand(context: ServiceContext, key: 'command' | 'entrypoint'): string[] | null {
  const field = get(context.service, key)
  if (field === undefined) return null
  const text = textOf(field)
  if (text === undefined) return itemsOf(field).map((item) => textOf(item) ?? '')
  const split = splitWords(text)
  if (split === null) {
    context.notes.error(field, `A quote or a bracket in ${quote(text)} is not closed. Write the command as a list to be sure, one word an item.`)
    return null
  }
  if (split.cutAt !== null) sayCut(context, field, split.cutAt)
  return split.words
}

function sayCut(context: ServiceContext, field: Field, sign: string): void {
  say(context, 'command.cut', field, { sign: quote(sign) })
}
