import { Composer, type Document, Lexer, LineCounter, Parser } from 'yaml'
import { bounds } from '../limits.ts'
import type { Notes } from '../notes.ts'
import type { Node, Source, Written } from '../tree.ts'
import { complaint } from './complaints.ts'
import { convert, type ValueBudget } from './convert.ts'

/**
 * Reads one YAML document. Null when it cannot be read: then `notes` says why. Never throws, whatever the text.
 */
export function parseYaml(text: string, source: Source, notes: Notes, budget: ValueBudget): Node | null {
  const lines = new LineCounter()
  const at = (offset: number): Written => ({ source, file: source.path, line: Math.max(1, lines.linePos(offset).line) })
  const fail = (offset: number, message: string): null => {
    notes.error({ key: '', place: at(offset) }, message)
    return null
  }
  const documents = compose(text, lines)
  if (typeof documents === 'string') return fail(0, documents)
  const [document, second] = documents
  if (document === undefined) return fail(0, 'The file is empty.')
  if (second !== undefined) return fail(second.range[0], 'A second document begins here (`---`). Put it in a file of its own.')
  if (document.errors.length > 0) {
    for (const error of document.errors.slice(0, 20)) fail(error.pos[0], complaint(error.code, error.message))
    return null
  }
  return convert(document.contents, { at, notes, budget })
}

/** The documents in `text`, or the sentence that says why there are none. */
function compose(text: string, lines: LineCounter): Document.Parsed[] | string {
  const parser = new Parser(lines.addNewLine)
  const composer = new Composer({ version: '1.2', schema: 'failsafe', uniqueKeys: false, strict: false, prettyErrors: false, logLevel: 'silent' })
  let tokens = 0
  lines.addNewLine(0)
  try {
    const documents: Document.Parsed[] = []
    for (const lexeme of new Lexer().lex(text)) {
      tokens += 1
      if (tokens > bounds.yamlTokens) return 'The file is far larger than a compose file can sensibly be.'
      for (const token of parser.next(lexeme)) documents.push(...composer.next(token))
    }
    for (const token of parser.end()) documents.push(...composer.next(token))
    documents.push(...composer.end())
    return documents
  } catch {
    // The parser promises not to throw; hostile text is where such promises break.
    return 'The file cannot be read as YAML.'
  }
}
