/**
 * Which variables a compose file may take from its user's environment. Only those are sent: the rest of an environment
 * holds secrets that are nobody's business.
 */

const word = String.raw`["']?([A-Za-z_][A-Za-z0-9_]*)["']?`
const end = String.raw`[ \t]*(?:#.*)?\r?$`
const references: readonly RegExp[] = [
  // $NAME, ${NAME…
  /\$\{?([A-Za-z_][A-Za-z0-9_]*)/g,
  // environment: a list item or a key without a value takes it from outside
  new RegExp(String.raw`^[ \t]*-[ \t]+${word}${end}`, 'gm'),
  new RegExp(String.raw`^[ \t]*${word}[ \t]*:[ \t]*(?:null|~)?${end}`, 'gm'),
  // secrets and configs: environment: NAME
  new RegExp(String.raw`\benvironment[ \t]*:[ \t]*${word}[ \t]*(?:[,}#].*)?\r?$`, 'gm'),
  // a line of an env_file that is a name alone
  /^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*\r?$/gm,
]
/** environment: [A, B] and {A, B: 1}, perhaps over several lines. */
const flowEnvironment = /\benvironment\s*:\s*[[{]([^\]}]*)[\]}]/g
const flowItem = /(?:^|,)\s*["']?([A-Za-z_][A-Za-z0-9_]*)["']?\s*:?\s*(?=,|$)/g

/** What compose itself looks for, named in no file. */
const always = ['COMPOSE_PROFILES']

export function mentionedVariables(texts: Iterable<string>): Set<string> {
  const names = new Set(always)
  for (const text of texts) {
    const withoutEscapes = text.replaceAll('$$', '')
    for (const pattern of references) collect(withoutEscapes, pattern, names)
    for (const [, items = ''] of withoutEscapes.matchAll(flowEnvironment)) collect(items, flowItem, names)
  }
  return names
}

function collect(text: string, pattern: RegExp, names: Set<string>): void {
  for (const match of text.matchAll(pattern)) names.add(match[1] ?? '')
}

/** The part of an environment that `texts` ask for. */
export function environmentFor(texts: Iterable<string>, env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const given: Record<string, string> = {}
  for (const name of mentionedVariables(texts)) {
    const value = Object.hasOwn(env, name) ? env[name] : undefined
    if (value !== undefined) given[name] = value
  }
  return given
}
