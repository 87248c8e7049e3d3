/** Links that others may open in this app. Nothing is done by a link alone: the owner sees it, and decides. */
import { JoinLink } from '../../contract/desktop/shell.ts'

/** What a `depin://` link asks for; null: nothing that we know. */
export function joinLinkIn(text: string): string | null {
  if (!URL.canParse(text)) return null
  const { href, protocol, host, search, hash } = new URL(text)
  const isJoin = protocol === 'depin:' && host === 'join' && search === '' && hash === ''
  return isJoin && /^depin:\/\/join\/[A-Za-z0-9_-]+$/.test(href) ? JoinLink.safeParse(href).data ?? null : null
}

/** On Windows and Linux a link comes as an argument of a second start. */
export function joinLinkOf(args: readonly string[]): string | null {
  return args.map(joinLinkIn).find((link) => link !== null) ?? null
}
