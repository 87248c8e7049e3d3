import type { ErrorCode } from 'yaml'

/** What the parser found wrong, for somebody who has never heard of YAML's grammar. */
const sentences: Partial<Record<ErrorCode, string>> = {
  TAB_AS_INDENT: 'This line begins with a tab. Use spaces: two more than the line it belongs to.',
  BAD_INDENT: 'This line does not line up with the ones it belongs to. Give it as many spaces as its neighbours.',
  MULTILINE_IMPLICIT_KEY: 'A name and its colon must be on one line. Look for a missing colon, or for a line that is indented too far.',
  BLOCK_AS_IMPLICIT_KEY: 'There are two colons on this line. Put quotes around the text that has a colon in it.',
  BLOCK_IN_FLOW: 'A bracket opened before this line is not closed.',
  MISSING_CHAR: 'A quote, a bracket, a comma or a colon is missing here.',
  BAD_SCALAR_START: 'A text cannot begin with this character. Put quotes around the text.',
  BAD_DQ_ESCAPE: 'In double quotes a backslash is special. Write two, or use single quotes.',
  KEY_OVER_1024_CHARS: 'This name is too long to be one. Look for a missing quote or line break.',
  BAD_ALIAS: 'A `*` must be followed by a name that an earlier `&` gave. Put quotes around the text if you mean a star.',
  MULTIPLE_ANCHORS: 'There are two `&` names for one value.',
  MULTIPLE_TAGS: 'There are two `!` tags for one value.',
  TAG_RESOLVE_FAILED: 'The `!` tag here means nothing. Put quotes around the text if you mean an exclamation mark.',
  RESOURCE_EXHAUSTION: 'Too much is nested here.',
  UNEXPECTED_TOKEN: 'This is not where anything was expected. Look for a missing quote, dash or colon just before it.',
}

export function complaint(code: ErrorCode, message: string): string {
  if (/ end with (a )?[\]}]/.test(message)) return 'A bracket opened before this line is not closed.'
  return sentences[code] ?? `This line cannot be read as YAML: ${message}.`
}
