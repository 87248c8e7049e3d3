import { type Field, isTrue } from '../tree.ts'

/**
 * supported: does what compose does, or something as good. ignored: changes nothing here; the report names it.
 * refused: the app would not work, or would reach into the host.
 */
export type Verdict = 'supported' | 'ignored' | 'refused'

/** What happens to a key, or to some of its values. */
export interface SupportCase {
  verdict: Verdict
  /** Which values, in words for the documentation; left out: all others. */
  values?: string
  /** How it is understood, or why it is not. Sentences; `{value}` stands for what is written. */
  reason: string
  /** What to do about it. */
  instead?: string
  /** Supported, but otherwise than people may expect: the report says so. */
  tell?: true
}

/** A case that can be told from the value alone. */
export interface JudgedCase extends SupportCase {
  when?: (field: Field) => boolean
}

export interface SupportRow {
  /** As `services.*.ports.[].target`: `*` any name, `[]` any item. */
  path: string
  /** The first that applies is the verdict. What is below an ignored or refused key shares its fate. */
  cases: readonly JudgedCase[]
  /** The keys below have no rows of their own. */
  whole?: true
}

export function supported(path: string, reason: string): SupportRow {
  return { path, cases: [{ verdict: 'supported', reason }] }
}

/** The same row for all that is below the key. */
export function whole(row: SupportRow): SupportRow {
  return { ...row, whole: true }
}

export function ignored(path: string, reason: string, instead?: string): SupportRow {
  return { path, cases: [{ verdict: 'ignored', reason, ...instead !== undefined && { instead } }] }
}

export function refused(path: string, reason: string, instead: string): SupportRow {
  return { path, cases: [{ verdict: 'refused', reason, instead }] }
}

export function depends(path: string, ...cases: JudgedCase[]): SupportRow {
  return { path, cases }
}

/** A switch that is harmless while it is off. */
export function refusedWhenOn(path: string, reason: string, instead: string): SupportRow {
  return depends(path,
    { when: (field) => isTrue(field.node), values: '`true`', verdict: 'refused', reason, instead },
    { verdict: 'supported', reason: 'Nothing is asked for.' })
}

/** For `when`: the value's text is one of these. */
export function isOneOf(...texts: string[]): (field: Field) => boolean {
  return ({ node }) => node.kind === 'scalar' && texts.includes(node.text.toLowerCase())
}

/** For `when`: the value's text fits. */
export function fits(pattern: RegExp): (field: Field) => boolean {
  return ({ node }) => node.kind === 'scalar' && pattern.test(node.text)
}
